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
  private live = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param choose gets the step of a checkpoint, or undefined for the newest weights */
  constructor(private readonly choose: (step: number | undefined) => void) {
    this.slider.addEventListener('input', () => {
      this.write();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => choose(this.step), PAUSE_MILLISECONDS);
    });
  }

  show({ checkpoints, state }: LatentSource): void {
    const atEnd = this.step === undefined;
    const { step } = this;
    this.checkpoints = checkpoints;
    this.live = state.kind === 'ready' && state.live;
    const stops = checkpoints.length + (this.live ? 1 : 0);
    setHidden(this.node, stops < 2);
    this.slider.max = String(Math.max(0, stops - 1));
    const same = checkpoints.findIndex((each) => each.step === step);
    this.slider.value = String(atEnd || same < 0 ? stops - 1 : same);
    this.write();
  }

  /** Moves to the newest weights, and says nothing of it. */
  toEnd(): void {
    this.slider.value = this.slider.max;
    this.write();
  }

  /** Of the checkpoint that is shown; undefined at the right end. */
  private get step(): number | undefined {
    const index = this.slider.valueAsNumber;
    return index >= Number(this.slider.max) ? undefined : this.checkpoints[index]?.step;
  }

  private write(): void {
    const checkpoint = this.checkpoints[this.slider.valueAsNumber];
    const best = checkpoint?.best ? ' · best' : '';
    const words = checkpoint ? `step ${formatStep(checkpoint.step)}${best}` : this.live ? 'now, in training' : '';
    setText(this.words, words);
    this.slider.setAttribute('aria-valuetext', words);
  }
}
