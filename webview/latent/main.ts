import '../shared/base.css';
import '../shared/controls.css';
import './latent.css';
import './stage/stage.css';
import './tools/tools.css';
import { readTheme, watchTheme } from '../shared/theme';
import { Explorer } from './explorer';
import { LatentHost } from './host/latentHost';
import { keepEditingKeys } from '../shared/typing';

keepEditingKeys();

const host = new LatentHost();
const explorer = new Explorer(host, readTheme());

watchTheme()((theme) => explorer.setTheme(theme));
document.body.append(host.trouble, explorer.node);
host.start();
