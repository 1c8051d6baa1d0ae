import type { DataSpecification } from './dataSpecification';

/** What becomes of each image of a folder. */
export interface ImageOptions {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly fit: 'crop' | 'fit';
}

/** Names of files that are taken for images, in lower case. */
export const IMAGE_FILE = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp)$/i;

/** The settings of a folder of images; those left out of the specification have these defaults. */
export function imageOptionsOf({ size = 64, channels = 3, fit = 'crop' }: DataSpecification): ImageOptions {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  return { height, width, channels, fit };
}

/** The share of test images where the folder itself does not say which those are. */
export function testShareOf({ testShare = 0.1 }: DataSpecification): number {
  return testShare;
}

/** What the image decoder (`dist/imageDecoder.cjs`) is asked to do: one line of JSON on its standard input. */
export type ImageJob =
  | {
      /** Decodes files, in this order, into a file of rows (`src/data/images/rowsFile.ts`). */
      readonly job: 'decode';
      readonly root: string;
      /** Relative to `root`. */
      readonly files: readonly string[];
      readonly options: ImageOptions;
      readonly key: string;
      readonly out: string;
    }
  /** Looks at a folder and at some of its images. */
  | { readonly job: 'survey'; readonly root: string }
  /** Draws the first images of a folder as a model would see them, as a PNG. */
  | { readonly job: 'sheet'; readonly root: string; readonly options: ImageOptions; readonly out: string };

/** What it answers: lines of JSON on its standard output, the last of which is a result or an error. */
export type ImageJobMessage =
  | { readonly progress: readonly [done: number, total: number] }
  | { readonly result: unknown }
  | { readonly error: { readonly message: string; readonly code?: string; readonly remedy?: string } };

export interface Survey {
  /** Files that look like images. */
  readonly files: number;
  readonly classes?: readonly string[];
  /** Whether the folder itself says which images are for testing. */
  readonly split: boolean;
  /** Files that were opened, and those of them that could not be decoded. */
  readonly tried: number;
  readonly unreadable: readonly SkippedImage[];
  /** Whether no image that was looked at has a color. */
  readonly gray: boolean;
  /** Median of the shorter sides, in pixels; 0 if no image could be decoded. */
  readonly side: number;
}

export interface SkippedImage {
  /** Relative to the folder, with "/". */
  readonly file: string;
  /** Without a full stop. */
  readonly reason: string;
}

export interface DecodeResult {
  readonly decoded: number;
  readonly skipped: number;
}

export interface SheetResult {
  readonly shown: number;
  readonly skipped: readonly SkippedImage[];
}
