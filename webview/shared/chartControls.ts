import './toolbarButton';
import type { VscodeToolbarButton } from './toolbarButton';
import type { AxisKind } from './axis';
import { element, setHidden, setText } from './dom';
import { MAXIMUM_SMOOTHING, type SettingsStore } from './settings';

const AXES: readonly { kind: AxisKind; label: string; title: string }[] = [
  { kind: 'step', label: 'Step', title: 'Optimizer updates' },
  { kind: 'epoch', label: 'Epoch', title: 'Passes over the training data' },
  { kind: 'time', label: 'Time', title: 'Time since the first point of each run, pauses included' },
];

/** The toolbar above the charts: x axis, logarithmic scale, smoothing, and zoom reset. */
export class ChartControls {
  readonly node: HTMLElement;
  private readonly radios = new Map<AxisKind, HTMLInputElement>();
  private readonly logarithmic: VscodeToolbarButton;
  private readonly fitAll: VscodeToolbarButton;
  private readonly slider = element('input', {
    type: 'range',
    min: 0,
    max: MAXIMUM_SMOOTHING,
    step: 0.01,
    'aria-label': 'Smoothing',
  });
  private readonly weight = element('output', { class: 'number' });
  private readonly resetZoom: VscodeToolbarButton;

  constructor(
    private readonly settings: SettingsStore,
    zoomOut: () => void,
  ) {
    this.logarithmic = element(
      'vscode-toolbar-button',
      { toggleable: true, class: 'log-toggle', title: 'Logarithmic scale' },
      'Log',
    );
    this.logarithmic.addEventListener('change', () => settings.update({ logarithmic: this.logarithmic.checked }));
    this.fitAll = element(
      'vscode-toolbar-button',
      {
        toggleable: true,
        class: 'fit-toggle',
        title: 'Show every value. Otherwise, the first 2 % and outliers do not stretch the axis; arrows mark them.',
      },
      'Fit all',
    );
    this.fitAll.addEventListener('change', () => settings.update({ fitAll: this.fitAll.checked }));
    this.slider.addEventListener('input', () => settings.update({ smoothing: this.slider.valueAsNumber }));
    this.resetZoom = element('vscode-toolbar-button', {
      icon: 'zoom-out',
      label: 'Show the whole axis',
      title: 'Show the whole axis (Escape)',
      hidden: true,
    });
    this.resetZoom.addEventListener('click', zoomOut);
    const smoothing = element(
      'label',
      { class: 'smoothing', title: 'Exponential moving average; the raw curve stays visible behind it' },
      element('span', { class: 'caption' }, 'Smooth'),
      this.slider,
      this.weight,
    );
    this.node = element(
      'div',
      { class: 'chart-controls', role: 'toolbar', 'aria-label': 'Chart controls' },
      this.axisGroup(),
      this.logarithmic,
      this.fitAll,
      smoothing,
      this.resetZoom,
    );
    settings.onChange(() => this.show());
    this.show();
  }

  setZoomed(zoomed: boolean): void {
    setHidden(this.resetZoom, !zoomed);
  }

  private axisGroup(): HTMLElement {
    const group = element('div', { class: 'segmented', role: 'radiogroup', 'aria-label': 'Horizontal axis' });
    for (const { kind, label, title } of AXES) {
      const radio = element('input', { type: 'radio', name: 'axis', value: kind });
      radio.addEventListener('change', () => this.settings.update({ axis: kind }));
      this.radios.set(kind, radio);
      group.append(element('label', { title }, radio, element('span', {}, label)));
    }
    return group;
  }

  private show(): void {
    const { axis, logarithmic, fitAll, smoothing } = this.settings.value;
    this.radios.get(axis)!.checked = true;
    this.logarithmic.checked = logarithmic;
    this.fitAll.checked = fitAll;
    // Not during a drag: the value would jump to a rounded one under the pointer.
    if (this.slider.valueAsNumber !== smoothing) this.slider.value = String(smoothing);
    setText(this.weight, smoothing === 0 ? 'off' : smoothing.toFixed(2).replace(/^0/, ''));
    this.slider.setAttribute('aria-valuetext', smoothing === 0 ? 'off' : smoothing.toFixed(2));
  }
}
