/** What is measured of samples where the data are a mixture of Gaussians. */
export const MODE_METRICS = ['samples/modes', 'samples/high_quality', 'samples/reverse_kl'] as const;

/** What is measured of the samples of a game on other data: how different they are, relative to the data. */
export const DIVERSITY_METRIC = 'samples/diversity';
