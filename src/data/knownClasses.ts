import type { Dataset, ExampleSet } from './exampleSet';

/** Classes of data sets in MNIST’s format, by their titles: their files have numbers only. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  /** Xiao et al. 2017, table 2. */
  'Fashion-MNIST': [
    ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
    ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  ],
  /** Clanuwat et al. 2018: one sign of each row of Hiragana. */
  KMNIST: ['お', 'き', 'す', 'つ', 'な', 'は', 'ま', 'や', 'れ', 'を'],
};

/** The names of the classes of a data set that is known by its title, if its labels are as many. */
export function knownClasses(
  title: string,
  { train, test }: Pick<Dataset, 'train' | 'test'>,
): readonly string[] | undefined {
  const classes = Object.hasOwn(CLASSES, title) ? CLASSES[title]! : undefined;
  const largest = ({ labels }: ExampleSet) => labels?.reduce((most, label) => Math.max(most, label), 0);
  const [ofTrain, ofTest] = [largest(train), largest(test)];
  // Other data may lie in a folder of that name, and a model of five classes must stay one.
  return classes && ofTrain === classes.length - 1 && (ofTest ?? 0) <= ofTrain ? classes : undefined;
}
