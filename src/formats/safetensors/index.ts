/** safetensors files, as Hugging Face's library reads and writes them. See docs/formats.md. */
export { decodeSafetensors, encodeSafetensors, encodeSafetensorsHeader, type TensorData } from './file';
export { isSafetensorsType, tensorBytes, type SafetensorsType } from './dtype';
export { parseSafetensorsHeader, safetensorsDataStart, type SafetensorsHeader, type TensorInfo } from './header';
