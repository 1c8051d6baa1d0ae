/** What to do about a pickle, which is recognized and never parsed. */
export const PICKLE_ADVICE =
  'It is not read because loading a pickle can execute code. If you trust its source, load it in Python and save its ' +
  'tensors with safetensors.torch.save_file (PyTorch), safetensors.flax.save_file (JAX) or numpy.savez.';

const convert = (what: string, how: string) => `This is ${what}, which is not supported. ${how}`;
const unpack = (what: string, how: string) => `This is ${what}. Unpack it first (${how}) and open the files in it.`;

export const ADVICE = {
  torchLegacy: `This is a PyTorch file in the legacy layout (a pickle). ${PICKLE_ADVICE}`,
  torchZip: `This is a PyTorch file (a ZIP archive around a pickle). ${PICKLE_ADVICE}`,
  torchScript: `This is a TorchScript model (a ZIP archive of code and pickles). ${PICKLE_ADVICE} torch.jit.load(…).state_dict() gives its tensors.`,
  torchTar: `This is a PyTorch file from before 2017 (a tar archive around pickles). ${PICKLE_ADVICE}`,
  pickle: `This is a Python pickle (pickle, joblib, torch.save). ${PICKLE_ADVICE}`,
  zlib: `This is zlib-compressed data, as joblib.dump with compression writes it (a pickle). ${PICKLE_ADVICE}`,
  gguf: convert('a GGUF model (llama.cpp)', 'Open the safetensors files that it was converted from.'),
  ggml: convert(
    'a GGML model (llama.cpp before GGUF)',
    'Open the safetensors or PyTorch weights that it was converted from.',
  ),
  onnx: convert(
    'an ONNX model',
    'In Python, onnx.numpy_helper.to_array gives its initializers, and safetensors.numpy.save_file writes them.',
  ),
  tflite: convert('a TensorFlow Lite model', 'Open the Keras or TensorFlow model that it was converted from.'),
  executorch: convert('an ExecuTorch program', 'Open the weights of the model that it was exported from.'),
  tensorrt: convert('a TensorRT engine', 'Open the weights of the model that it was built from.'),
  coreml: convert('a Core ML model', 'Open the weights of the model that it was converted from.'),
  savedModel: convert(
    'a TensorFlow SavedModel or graph (protocol buffers)',
    'Convert it with tensorflowjs_converter, or save the Keras model as .keras.',
  ),
  tfCheckpoint: convert(
    'a part of a TensorFlow checkpoint (.index and .data files)',
    'In Python, tf.train.load_checkpoint reads it, and safetensors.numpy.save_file or numpy.savez writes its tensors.',
  ),
  events: convert('a TensorBoard event file', 'It holds curves rather than weights: open it in TensorBoard.'),
  msgpack: convert(
    'a MessagePack file, as Flax writes (.msgpack)',
    'In Python, flax.serialization.msgpack_restore reads it, and safetensors.flax.save_file writes its tensors.',
  ),
  zarr: convert(
    'a part of a Zarr array or an Orbax checkpoint',
    'In Python, zarr.open or orbax.checkpoint reads its folder, and safetensors.numpy.save_file writes its tensors.',
  ),
  orbaxFolder: convert(
    'the folder of an Orbax checkpoint or a Zarr array',
    'In Python, orbax.checkpoint or zarr.open reads it, and safetensors.numpy.save_file writes its tensors.',
  ),
  parquet: convert('a Parquet table', 'Open it with pandas or DuckDB; numpy.savez writes its columns as arrays.'),
  arrow: convert(
    'an Arrow or Feather table',
    'Open it with pyarrow or pandas; numpy.savez writes its columns as arrays.',
  ),
  matlab: convert(
    'a MATLAB file (version 5)',
    'Save it in MATLAB with -v7.3 (HDF5), or read it with scipy.io.loadmat.',
  ),
  hdf4: convert('an HDF4 file', 'Convert it to HDF5 with h4toh5.'),
  sqlite: convert('an SQLite database', 'Open it with sqlite3.'),
  pdf: convert('a PDF document', 'Open it with a PDF viewer.'),
  image: convert('an image', 'Open it with VS Code’s image preview.'),
  program: convert('a program or a library', 'Choose a tensor file.'),
  gzip: unpack('gzip-compressed data', 'gunzip'),
  zstd: unpack('Zstandard-compressed data', 'zstd -d'),
  bzip2: unpack('bzip2-compressed data', 'bunzip2'),
  xz: unpack('XZ-compressed data', 'unxz'),
  lz4: unpack('LZ4-compressed data', 'lz4 -d'),
  sevenZip: unpack('a 7-Zip archive', '7z x'),
  rar: unpack('a RAR archive', 'unrar x'),
  tar: unpack('a tar archive', 'tar -xf'),
  zip: 'This is a ZIP archive without NumPy arrays and without a Keras model. Unpack it first and open the files in it.',
  office: convert('an Office document', 'Open it with the program that wrote it.'),
  lfs: 'This is a Git LFS pointer: a few lines of text in place of the file, which was not downloaded. Run “git lfs pull” in its repository, or download the file itself.',
  html: 'This is a web page (HTML) instead of the file, such as a login or an error page. Download the file again, from the address of the file itself and with access to it.',
  xml: 'This is an XML document instead of a tensor file, such as the error message of a storage service. Look at it with a text editor, and download the file again.',
  hubError:
    'This is the error message of a server (JSON) instead of the file. Look at it with a text editor, and download the file again with access to it.',
  json: 'This JSON file lists no tensors: it has neither a “weightsManifest” of TensorFlow.js nor a “weight_map” of safetensors or Keras. Open the weight file beside it.',
  empty: 'This file is empty (0 bytes). Copy or download it again.',
  zeros:
    'This file begins with zeros only: its space was reserved but its data were never written, as after an interrupted download. Copy or download it again.',
} as const;

export type Foreign = keyof typeof ADVICE;
