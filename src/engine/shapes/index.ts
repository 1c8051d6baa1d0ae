export { withShapesOnly } from './backend';
