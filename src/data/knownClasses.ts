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

/** The names of the classes of a data set that is known by its title, unless it has labels beyond them. */
export function knownClasses(
  title: string,
  { train, test }: Pick<Dataset, 'train' | 'test'>,
): readonly string[] | undefined {
  const classes = Object.hasOwn(CLASSES, title) ? CLASSES[title]! : undefined;
  const within = ({ labels }: ExampleSet) => labels?.every((label) => label < classes!.length) ?? true;
  return classes && within(train) && within(test) ? classes : undefined;
}
