import '../shared/base.css';
import '../shared/controls.css';
import './draw.css';
import type { DrawingExchanges } from '../../src/protocol/drawing';
import { Channel } from '../shared/channel';
import { readTheme, watchTheme } from '../shared/theme';
import { DrawingEditor } from './editor';

const channel = new Channel<DrawingExchanges, never, never>();
const editor = new DrawingEditor(channel, readTheme());

watchTheme()((theme) => editor.setTheme(theme));
document.body.append(channel.trouble, editor.node);
channel.listen({});
