import type { LatentSource } from '../../../src/protocol/latent';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';

const PAUSE_MILLISECONDS = 120;

/** The run's checkpoints on a slider, and at its right end the weights as they are now. */
export class TimeBar {
  private readonly slider = element('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Checkpoint' });
  private readonly words = element('output', { class: 'number' });
  readonly node = element('div', { class: 'time-bar', hidden: true }, this.words, this.slider);
  private checkpoints: LatentSource['checkpoints'] = [];
  /** What the slider may stand at, from the left; at its right end the training, where there is one. */
  private stops: LatentSource['checkpoints'] = [];
  private live = false;
  private chosen: number | undefined;
  private opened: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param choose gets the step of a checkpoint, or undefined for the weights as they are now */
  constructor(choose: (step: number | undefined) => void) {
    this.slider.addEventListener('input', () => {
      const index = this.slider.valueAsNumber;
      this.chosen = this.stops[index]?.step;
      this.write();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => choose(this.chosen), PAUSE_MILLISECONDS);
    });
  }

  /** Step of the checkpoint that was chosen; undefined for the weights that answer where none is. */
  get step(): number | undefined {
    return this.chosen;
  }

  /** Says nothing of it to who listens. */
  set step(step: number | undefined) {
    clearTimeout(this.timer);
    this.chosen = step;
    this.place();
  }

  /** Of which step the weights are that answer where no checkpoint is chosen, and no training is on its way. */
  open(step: number): void {
    this.opened = step;
    this.place();
  }

  show({ checkpoints, state }: LatentSource): void {
    this.checkpoints = checkpoints;
    // While another process takes over it is not known yet.
    if (state.kind === 'ready') this.live = state.live;
    this.place();
  }

  /** Puts the slider where the weights are that are shown. */
  private place(): void {
    const { live } = this;
    this.stops = this.withOpened();
    const last = this.stops.length - (live ? 0 : 1);
    setHidden(this.node, last < 1);
    this.slider.max = String(Math.max(0, last));
    const wanted = this.chosen ?? (live ? undefined : this.opened);
    const index = this.stops.findIndex(({ step }) => step === wanted);
    this.slider.value = String(index < 0 ? last : index);
    this.write();
  }

  /** A run goes on and removes its old checkpoints; the one that is held is still there to look into. */
  private withOpened(): LatentSource['checkpoints'] {
    const { checkpoints, opened, live } = this;
    const known = opened === undefined || live || checkpoints.some(({ step }) => step === opened);
    if (known || checkpoints.length === 0) return checkpoints;
    return [...checkpoints, { step: opened, epoch: 0, best: false }].sort((a, b) => a.step - b.step);
  }

  private write(): void {
    const checkpoint = this.stops[this.slider.valueAsNumber];
    const best = checkpoint?.best ? ' · best' : '';
    const words = checkpoint ? `step ${formatStep(checkpoint.step)}${best}` : this.live ? 'now, in training' : '';
    setText(this.words, words);
    this.slider.setAttribute('aria-valuetext', words);
  }
}
