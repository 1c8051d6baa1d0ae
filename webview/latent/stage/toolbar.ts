import type { LatentDescription } from '../../../src/protocol/latent';
import { setDisabled } from '../../shared/disabling';
import { element, setHidden } from '../../shared/dom';
import type { Mode } from '../points/gestures';
import type { SetChoice } from '../model/pointSet';
import type { View } from '../projections/projector';
import { digits } from '../projections/projection';
import { button, segmented } from '../tools/tool';

const SETS: readonly (readonly [SetChoice, string])[] = [
  ['test', 'test'],
  ['train', 'training'],
  ['all', 'all'],
];

/** Why what needs points is disabled. */
export const NO_POINTS = 'Available once the points are encoded.';

/** What the toolbar has done. */
export interface ToolbarActions {
  view(view: View): void;
  mode(mode: Mode): void;
  set(choice: SetChoice): void;
  /** The class that is decoded, for models that take labels. */
  label(label: number): void;
  live(on: boolean): void;
  savePicture(): void;
  saveTable(): void;
  fit(): void;
}

/** The controls above the points: what is shown, how, and what dragging does. */
export class Toolbar {
  readonly node: HTMLElement;
  private readonly projections: HTMLElement;
  private readonly first = element('select', { 'aria-label': 'Dimension along x' });
  private readonly second = element('select', { 'aria-label': 'Dimension along y' });
  private readonly dimensions = element('span', { class: 'dimension-choice' }, this.first, '×', this.second);
  private readonly sets = element('select', { 'aria-label': 'Data set' });
  private readonly labels = element('select', { 'aria-label': 'Decode as' });
  private readonly labelRow = element('label', { class: 'label-choice' }, 'decode as', this.labels);
  private readonly live = button(
    ' Live',
    () => this.toggleLive(),
    'Follow the run: a fixed sample is encoded at regular steps',
  );
  /** What needs points. */
  private readonly forPoints: readonly HTMLButtonElement[];
  private followed = false;

  constructor(
    private view: View,
    private readonly actions: ToolbarActions,
  ) {
    this.live.prepend(element('span', { class: 'live-dot' }, '●'));
    this.projections = segmented<View['kind']>(
      'Projection',
      [
        ['dimensions', 'z × z'],
        ['pca', 'PCA'],
        ['umap', 'UMAP'],
        ['tsne', 't-SNE'],
      ],
      view.kind,
      (kind) => this.choose({ ...this.view, kind }),
    );
    const modes = segmented<Mode>(
      'Dragging',
      [
        ['pan', 'Pan'],
        ['decode', 'Decode'],
        ['lasso', 'Lasso'],
        ['box', 'Box'],
      ],
      'pan',
      (mode) => actions.mode(mode),
    );
    for (const select of [this.first, this.second]) {
      select.addEventListener('change', () =>
        this.choose({ ...this.view, dimensions: [Number(this.first.value), Number(this.second.value)] }),
      );
    }
    this.sets.addEventListener('change', () => actions.set(this.sets.value as SetChoice));
    this.labels.addEventListener('change', () => actions.label(Number(this.labels.value)));
    this.forPoints = [
      button('Fit', () => actions.fit(), 'Show all points (0)'),
      button('Save picture…', () => actions.savePicture(), 'The map with title, legend and axes, as PNG'),
      button('Save CSV…', () => actions.saveTable(), 'All points: label, position and latent'),
    ];
    this.node = element(
      'div',
      { class: 'latent-toolbar undescribed', inert: true, role: 'toolbar', 'aria-label': 'Latent Explorer' },
      this.projections,
      this.dimensions,
      modes,
      this.labelRow,
      this.sets,
      element('span', { class: 'toolbar-end' }, this.live, ...this.forPoints),
    );
    this.choose(view, true);
    this.havePoints(false);
  }

  /** Whether there are points to save and to bring into view. */
  havePoints(there: boolean): void {
    for (const node of [...this.forPoints, this.live]) setDisabled(node, there ? undefined : NO_POINTS);
  }

  /** Shows what the model can do. */
  describe({ capabilities, sets, classes }: LatentDescription, chosen: SetChoice): void {
    // Until then nothing could be chosen; the bar only keeps its room.
    this.node.classList.remove('undescribed');
    this.node.inert = false;
    const latent = capabilities.latent?.size ?? 0;
    const label = Math.max(0, this.labels.selectedIndex);
    const plane = latent <= 2;
    setHidden(this.projections, plane);
    if (this.first.childElementCount !== latent) {
      const options = () => Array.from({ length: latent }, (_, d) => element('option', { value: d }, `z${digits(d)}`));
      this.first.replaceChildren(...options());
      this.second.replaceChildren(...options());
    }
    this.first.value = String(this.view.dimensions[0]);
    this.second.value = String(this.view.dimensions[1]);
    setHidden(this.dimensions, plane || this.view.kind !== 'dimensions');
    const count = { ...sets, all: sets.test + sets.train };
    this.sets.replaceChildren(
      ...SETS.map(([set, name]) =>
        element('option', { value: set, selected: set === chosen }, `${name} · ${count[set].toLocaleString('en-US')}`),
      ),
    );
    setHidden(this.sets, !capabilities.latent?.encodes);
    setHidden(this.labelRow, capabilities.classes === 0);
    this.labels.replaceChildren(
      ...(classes ?? []).map((name, i) => element('option', { value: i, selected: i === label }, name)),
    );
  }

  /** Which class is decoded now. */
  showLabel(label: number): void {
    this.labels.value = String(label);
  }

  /** Whether there is a run to follow, and whether it is. */
  showLive(possible: boolean, on: boolean): void {
    this.followed = on;
    setHidden(this.live, !possible);
    this.live.setAttribute('aria-pressed', String(on));
  }

  /** Shows a view as chosen, and tells of it unless `quiet`. */
  choose(view: View, quiet = false): void {
    this.view = view;
    this.projections.querySelectorAll('input').forEach((input) => (input.checked = input.value === view.kind));
    this.first.value = String(view.dimensions[0]);
    this.second.value = String(view.dimensions[1]);
    setHidden(this.dimensions, view.kind !== 'dimensions' || this.first.childElementCount <= 2);
    if (!quiet) this.actions.view(view);
  }

  private toggleLive(): void {
    this.actions.live(!this.followed);
  }
}
