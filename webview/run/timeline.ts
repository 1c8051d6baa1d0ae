import { setDisabled } from '../shared/disabling';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import { setToolbarButtonDisabled } from '../shared/toolbarButton';
import { SPEEDS, type Player } from './player';
import type { Playhead } from './playhead';

/** The one slider over all logged steps; its right end follows the run. */
export class Timeline {
  readonly node: HTMLElement;
  private readonly slider = element('input', {
    type: 'range',
    min: 0,
    step: 1,
    class: 'timeline-slider',
    'aria-label': 'Logged step',
  });
  private readonly where = element('output', { class: 'number timeline-step' });
  private readonly follow = element('button', { type: 'button', class: 'follow' });
  private readonly play = element('vscode-toolbar-button', { icon: 'play', label: 'Replay', title: 'Replay' });
  private readonly speed = element(
    'select',
    { 'aria-label': 'Logged steps per second', title: 'Logged steps per second', class: 'replay-speed' },
    ...SPEEDS.map((speed) => element('option', { value: String(speed), selected: speed === SPEEDS[1] }, `${speed}/s`)),
  );

  constructor(
    private readonly playhead: Playhead,
    private readonly player: Player,
  ) {
    this.play.addEventListener('click', () => (player.playing ? player.stop() : player.play()));
    this.speed.addEventListener('change', () => player.setSpeed(Number(this.speed.value)));
    this.slider.addEventListener('input', () => playhead.pinToIndex(this.slider.valueAsNumber));
    this.follow.addEventListener('click', () => playhead.pinTo(undefined));
    this.node = element('div', { class: 'timeline' }, this.play, this.where, this.slider, this.speed, this.follow);
  }

  /** @param live whether the run still trains; only then does following differ from showing the last step */
  update(live: boolean): void {
    const { stops, index, step } = this.playhead;
    setHidden(this.node, stops.length === 0);
    if (stops.length === 0) return;
    const last = stops.length - 1;
    this.slider.max = String(Math.max(last, 1));
    setDisabled(this.slider, last < 1 ? 'Only one step is logged.' : undefined);
    this.slider.value = String(last < 1 ? 1 : index);
    const following = step === undefined;
    const [icon, action] = this.player.playing ? ['debug-pause', 'Pause the replay'] : ['play', 'Replay'];
    setAttributes(this.play, { icon, label: action, title: action });
    setToolbarButtonDisabled(this.play, last < 1 ? 'Only one step is logged.' : undefined);
    const word = live ? 'Live' : 'Last';
    setText(this.where, `Step ${formatStep(step === undefined ? stops[last]! : step)}`);
    this.slider.setAttribute(
      'aria-valuetext',
      `step ${formatStep(stops[index]!)}, ${index + 1} of ${stops.length}${following ? `, ${word.toLowerCase()}` : ''}`,
    );
    setText(this.follow, word);
    this.follow.title = following ? 'Shows the newest step' : 'Show the newest step again';
    this.follow.setAttribute('aria-pressed', String(following));
    this.follow.classList.toggle('on-air', following && live);
  }
}
