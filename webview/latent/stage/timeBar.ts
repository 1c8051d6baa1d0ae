import type { LatentSource, LatentTraining } from '../../../src/protocol/latent';
import type { Encoding } from '../model/encoding';
import { setDisabled } from '../../shared/disabling';
import { element, setAttributes, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import { button } from '../tools/tool';

const PAUSE_MILLISECONDS = 120;

/** The points that are shown: by the weights of which checkpoint (undefined: of a live run), and of which steps. */
export interface ShownPoints extends Pick<Encoding, 'first' | 'step'> {
  readonly at: number | undefined;
}

/**
 * The run's checkpoints on a slider, and at its right end the weights as they are now. A run continues while its points are
 * looked at: beside it is said of which step they are, and how far it is.
 */
export class TimeBar {
  private readonly slider = element('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Checkpoint' });
  /** Not read out: beside a live run it changes several times a second. */
  private readonly words = element('output', { class: 'number', 'aria-live': 'off' });
  private readonly again = button(
    'Encode Again',
    () => void this.encodeAgain(),
    'Encode the points by the weights that the run has now',
  );
  readonly node = element('div', { class: 'time-bar invisible' }, this.words, this.slider, this.again);
  private checkpoints: LatentSource['checkpoints'] = [];
  /** What the slider may stand at, from the left; at its right end the run, where there is one. */
  private stops: LatentSource['checkpoints'] = [];
  private live = false;
  /** Whether something answers; while another process takes over nothing is known of the run. */
  private answers = false;
  private training: LatentTraining | undefined;
  private shown: ShownPoints | undefined;
  private following = false;
  private chosen: number | undefined;
  private opened: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the points are being encoded once more. */
  private encoding = false;

  /** @param choose gets the step of a checkpoint, or undefined for the weights as they are now; resolves when they are shown */
  constructor(private readonly choose: (step: number | undefined) => Promise<void>) {
    this.slider.addEventListener('input', () => {
      const index = this.slider.valueAsNumber;
      this.chosen = this.stops[index]?.step;
      this.write();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void choose(this.chosen), PAUSE_MILLISECONDS);
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

  /** Of which step the weights are that answer where no checkpoint is chosen, and no run is on its way. */
  open(step: number): void {
    this.opened = step;
    this.place();
  }

  show({ checkpoints, state }: LatentSource): void {
    this.checkpoints = checkpoints;
    this.answers = state.kind === 'ready';
    // Until it is known what takes over, all keeps its place.
    if (state.kind === 'ready') this.live = state.live;
    if (!this.live) this.training = undefined;
    this.place();
  }

  /** How far the run is. */
  train(training: LatentTraining): void {
    this.training = training;
    this.write();
  }

  /** Other points are shown. @param following whether they are those that the run sends by itself */
  showPoints(shown: ShownPoints, following: boolean): void {
    [this.shown, this.following] = [shown, following];
    this.write();
  }

  private async encodeAgain(): Promise<void> {
    const focused = document.activeElement === this.again;
    this.encoding = true;
    this.write();
    try {
      await this.choose(undefined);
    } finally {
      this.encoding = false;
      this.write();
      // Whoever works it by keys would be nowhere when it goes.
      if (focused && document.activeElement === document.body) this.slider.focus();
    }
  }

  /** Puts the slider where the weights are that are shown. */
  private place(): void {
    const { live } = this;
    this.stops = this.withOpened();
    const last = this.stops.length - (live ? 0 : 1);
    // What is not seen keeps its room: what stands beside it would move.
    this.node.classList.toggle('invisible', !live && this.opened === undefined);
    this.slider.classList.toggle('invisible', last < 1);
    this.slider.max = String(Math.max(0, last));
    const wanted = this.chosen ?? (live ? undefined : this.opened);
    const index = this.stops.findIndex(({ step }) => step === wanted);
    this.slider.value = String(index < 0 ? last : index);
    this.write();
  }

  /** A run continues and removes its old checkpoints; the one that is held is still there to look into. */
  private withOpened(): LatentSource['checkpoints'] {
    const { checkpoints, opened, live } = this;
    const known = opened === undefined || live || checkpoints.some(({ step }) => step === opened);
    if (known) return checkpoints;
    return [...checkpoints, { step: opened, epoch: 0, best: false }].sort((a, b) => a.step - b.step);
  }

  private write(): void {
    const { live, shown, training } = this;
    const checkpoint = this.stops[this.slider.valueAsNumber];
    const best = checkpoint?.best ? ' · best' : '';
    const points = checkpoint ? `step ${formatStep(checkpoint.step)}${best}` : live ? this.ofTraining : '';
    const words = [points, live && this.answers ? this.beside(checkpoint?.step) : ''].filter(Boolean).join(' · ');
    setText(this.words, words);
    setAttributes(this.slider, { 'aria-valuetext': points });
    this.node.classList.toggle('live', live);
    setHidden(this.again, !live);
    const behind =
      training !== undefined && shown !== undefined && shown.at === undefined && shown.first < training.step;
    this.again.classList.toggle(
      'invisible',
      checkpoint !== undefined || this.following || !this.answers || !(behind || this.encoding),
    );
    setDisabled(this.again, this.encoding ? 'The points are being encoded.' : undefined);
  }

  /** The points at the slider's right end beside a live run. */
  private get ofTraining(): string {
    const { shown } = this;
    if (!shown || shown.at !== undefined) return 'now';
    const { first, step } = shown;
    return first === step ? `step ${formatStep(step)}` : `steps ${formatStep(first)} to ${formatStep(step)}`;
  }

  /** Where the run is, beside points of that step or (undefined) of its own. */
  private beside(at: number | undefined): string {
    const { training, shown, following } = this;
    if (!training) return 'in training';
    const { step, paused } = training;
    const same = at === undefined && shown !== undefined && shown.at === undefined && shown.first >= step;
    if (paused) return same ? 'training is paused' : `training is paused at ${formatStep(step)}`;
    if (at === undefined && following) return 'live';
    return same ? 'now, in training' : `training is at ${formatStep(step)}`;
  }
}
