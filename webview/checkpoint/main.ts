import '../shared/base.css';
import './checkpoint.css';
import './details.css';
import { watchTheme } from '../shared/theme';
import { CheckpointEditor } from './editor';
import { Link } from './link';
import { keepEditingKeys } from '../shared/typing';

keepEditingKeys();

/** The editor of one file of tensors. */
const link = new Link();
const editor = new CheckpointEditor(link);
watchTheme()(() => editor.redraw());
document.body.append(link.trouble, editor.node);
link.start((message) => editor.take(message));
