import type { PanelOf } from '../../../src/protocol/panels';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import { nothingLogged } from './nothingLogged';
import { Picture } from '../picture';
import { stopFor } from '../playhead';
import { Latest } from './latest';
import type { PanelFrame, PanelServices, PanelView } from './panel';

type Declaration = PanelOf<'images'>;

/** The images of one tag, at the playhead's step. */
export class ImagePanel implements PanelView<'images'> {
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly where = element('span', { class: 'where number' });
  private readonly picture = new Picture();
  private readonly message = element('p', { class: 'dim', hidden: true });
  private readonly latest = new Latest<{ bitmap: ImageBitmap; step: number }>(
    (image) => this.draw(image),
    (reason) => this.say(reason),
  );
  private declaration: Declaration | undefined;

  constructor(private readonly services: PanelServices) {
    this.node = element(
      'section',
      { class: 'card image-panel' },
      element('header', {}, this.heading, this.where),
      this.picture.node,
      this.message,
    );
  }

  /** Shows the newest image at or before the step. */
  update(declaration: Declaration, { run, step }: PanelFrame): void {
    this.declaration = declaration;
    const { tag, title } = declaration;
    const { images } = this.services;
    const steps = run.images.get(tag) ?? new Float64Array(0);
    setText(this.heading, title);
    if (images.noteSteps(tag, steps)) this.latest.forget();
    const wanted = stopFor(steps, step);
    if (wanted === undefined) return this.say(nothingLogged(title));
    this.latest.want(`${wanted} ${tag}`, async () => ({ bitmap: await images.get(tag, wanted), step: wanted }));
  }

  dispose(): void {
    this.latest.dispose();
    this.picture.dispose();
    this.node.remove();
  }

  private draw({ bitmap, step }: { bitmap: ImageBitmap; step: number }): void {
    const { title, tag, rows } = this.declaration!;
    const where = `step ${formatStep(step)}`;
    const enlarge = () =>
      this.services.enlarge({ bitmap, title, where, rows, save: () => this.services.save(tag, step) });
    this.picture.show(bitmap, `${title} at ${where}`, enlarge, rows);
    setText(this.where, where);
    setHidden(this.message, true);
  }

  private say(text: string): void {
    setText(this.message, text);
    setHidden(this.message, false);
  }
}
