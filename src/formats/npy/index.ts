/** NumPy's arrays (`.npy`) and archives of them (`.npz`). */
export { isNpy, npyDataStart, NPY_PREFIX_BYTES, parseNpyHeader, type NpyHeader } from './header';
export { encodeNpy, encodeNpz, streamNpz, type NpyArray, type StreamedArray } from './write';
