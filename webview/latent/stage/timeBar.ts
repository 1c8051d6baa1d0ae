import type { LatentSource } from '../../../src/protocol/latent';
import type { Navigation } from '../control/navigation';
import { stepsOf } from '../model/encoding';
import type { ExplorerStore } from '../model/state';
import { button } from '../../shared/controls';
import { setDisabled } from '../../shared/disabling';
import { element, setAttributes, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';

const PAUSE_MILLISECONDS = 120;

/**
 * A slider over the run's checkpoints, with the live run's newest weights at its right end. A run trains on while its
 * points are shown, so the step of the points and that of the run stand beside it.
 */
export class TimeBar {
  private readonly slider = element('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Checkpoint' });
  /** Not announced: beside a live run it changes several times a second. */
  private readonly output = element('output', { class: 'number', 'aria-live': 'off' });
  private readonly again = button(
    'Encode Again',
    () => void this.encodeAgain(),
    'Encode the points with the current weights of the run',
  );
  readonly node = element('div', { class: 'time-bar invisible' }, this.output, this.slider, this.again);
  /** The checkpoints on the slider, from the left; a live run comes after the last one. */
  private stops: LatentSource['checkpoints'] = [];
  /** Whether the run trained when a process answered last; another one may be taking over. */
  private live = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether Encode Again is at work. */
  private encoding = false;

  constructor(
    private readonly store: ExplorerStore,
    private readonly navigation: Navigation,
  ) {
    this.slider.addEventListener('input', () => this.choose(this.stops[this.slider.valueAsNumber]?.step));
    store.on(['source', 'step', 'description'], (changed) => {
      if (changed.has('step')) clearTimeout(this.timer);
      this.place();
    });
    store.on(['training', 'points'], () => this.write());
  }

  /** Encodes after a pause, since a drag passes checkpoints on its way. */
  private choose(step: number | undefined): void {
    this.store.update({ step });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.navigation.goTo(step), PAUSE_MILLISECONDS);
  }

  private async encodeAgain(): Promise<void> {
    const focused = document.activeElement === this.again;
    this.encoding = true;
    this.write();
    try {
      await this.navigation.goTo(undefined);
    } finally {
      this.encoding = false;
      this.write();
      // A keyboard user would lose the focus with the button.
      if (focused && document.activeElement === document.body) this.slider.focus();
    }
  }

  /** Moves the slider to the chosen weights. */
  private place(): void {
    const { source, step, description } = this.store.state;
    if (source?.state.kind === 'ready') this.live = source.state.live;
    const { live } = this;
    this.stops = this.stopsOf(source?.checkpoints ?? []);
    const last = this.stops.length - (live ? 0 : 1);
    // Invisible but not hidden, so that its neighbors do not move.
    this.node.classList.toggle('invisible', !live && description === undefined);
    this.slider.classList.toggle('invisible', last < 1);
    this.slider.max = String(Math.max(0, last));
    const wanted = step ?? (live ? undefined : description?.step);
    const index = this.stops.findIndex((stop) => stop.step === wanted);
    this.slider.value = String(index < 0 ? last : index);
    this.write();
  }

  /** A run deletes its older checkpoints; the opened one is still held by the process that answers. */
  private stopsOf(checkpoints: LatentSource['checkpoints']): LatentSource['checkpoints'] {
    const opened = this.store.state.description?.step;
    const known = opened === undefined || this.live || checkpoints.some(({ step }) => step === opened);
    if (known) return checkpoints;
    return [...checkpoints, { step: opened, epoch: 0, best: false }].sort((a, b) => a.step - b.step);
  }

  private write(): void {
    const { live } = this;
    const { points, training, source } = this.store.state;
    const answers = source?.state.kind === 'ready';
    const checkpoint = this.stops[this.slider.valueAsNumber];
    const best = checkpoint?.best ? ' · best' : '';
    const shown = checkpoint ? `step ${formatStep(checkpoint.step)}${best}` : live ? this.newestPoints : '';
    const text = [shown, live && answers ? this.progressBeside(checkpoint?.step) : ''].filter(Boolean).join(' · ');
    setText(this.output, text);
    setAttributes(this.slider, { 'aria-valuetext': shown });
    this.node.classList.toggle('live', live);
    setHidden(this.again, !live);
    const decodes = points?.model.drawnPrior !== undefined;
    setText(this.again, decodes ? 'Decode Again' : 'Encode Again');
    this.again.title = `${decodes ? 'Decode the draws' : 'Encode the points'} with the current weights of the run`;
    const behind =
      live &&
      training !== undefined &&
      points !== undefined &&
      points.model.at === undefined &&
      points.encoding.first < training.step;
    this.again.classList.toggle(
      'invisible',
      checkpoint !== undefined || points?.followed || !answers || !(behind || this.encoding),
    );
    const working = decodes ? 'The draws are being decoded.' : 'The points are being encoded.';
    setDisabled(this.again, this.encoding ? working : undefined);
  }

  /** Steps of the points at the right end of the slider. */
  private get newestPoints(): string {
    const { points } = this.store.state;
    return points && points.model.at === undefined ? stepsOf(points.encoding) : 'now';
  }

  /** The run's progress beside points of a checkpoint (undefined: the newest points). */
  private progressBeside(checkpoint: number | undefined): string {
    const { training, points } = this.store.state;
    if (!training) return 'in training';
    const { step, paused } = training;
    const newest = checkpoint === undefined && points !== undefined && points.model.at === undefined;
    const same = newest && points.encoding.first >= step;
    if (paused) return same ? 'training is paused' : `training is paused at ${formatStep(step)}`;
    if (checkpoint === undefined && points?.followed) return 'live';
    return same ? 'now, in training' : `training is at ${formatStep(step)}`;
  }
}
