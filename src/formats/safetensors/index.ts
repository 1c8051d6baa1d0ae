/** safetensors files, as Hugging Face's library reads and writes them. See docs/formats.md. */
export { decodeSafetensors, encodeSafetensors, type TensorData } from './file';
export { tensorBytes, type SafetensorsType } from './dtype';
export { parseSafetensorsHeader, safetensorsDataStart } from './header';
