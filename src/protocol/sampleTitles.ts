/** What the metrics are called that compare samples with data, by tag. */
export const SAMPLE_TITLES: Readonly<Record<string, string>> = {
  'samples/classifier_fid': 'Classifier-FID',
  'samples/classifier_fid_of_data': 'Classifier-FID of data with data',
  'samples/precision': 'Precision',
  'samples/recall': 'Recall',
  'samples/nearest_neighbor_accuracy': '1-NN accuracy (½ is indistinguishable)',
  'samples/classifier_score': 'Classifier score',
  'samples/classifier_score_of_data': 'Classifier score of data',
  'samples/class_histogram_kl': 'KL of class shares (nats)',
  'samples/label_agreement': 'Label agreement',
  'samples/classes': 'Classes found (of at least 3 %)',
};
