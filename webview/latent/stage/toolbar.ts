import { setDisabled } from '../../shared/disabling';
import { button, segmented } from '../../shared/controls';
import { element, setHidden } from '../../shared/dom';
import type { Navigation } from '../control/navigation';
import type { Saving } from '../export/saving';
import type { SetChoice } from '../model/pointSet';
import type { ExplorerStore } from '../model/state';
import type { Mode } from '../points/gestures';
import type { Scatter } from '../points/scatter';
import type { View } from '../projections/projector';
import { digits } from '../projections/projection';
import { DrawsChoice } from './drawsChoice';

const SETS: readonly (readonly [SetChoice, string])[] = [
  ['test', 'test'],
  ['train', 'training'],
  ['all', 'all'],
];

/** Why controls that need points are disabled. */
export const NO_POINTS = 'Available once the points are encoded.';

/** The controls above the map: projection, effect of a drag, class, data set, following, saving. */
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
    () => this.navigation.follow(!this.store.state.following),
    'Follow the run: a fixed sample is encoded at regular steps',
  );

  constructor(
    private readonly store: ExplorerStore,
    private readonly navigation: Navigation,
    saving: Saving,
    scatter: Scatter,
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
      store.state.view.kind,
      (kind) => this.choose({ kind }),
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
      (mode) => (scatter.mode = mode),
    );
    for (const select of [this.first, this.second]) {
      select.addEventListener('change', () =>
        this.choose({ dimensions: [Number(this.first.value), Number(this.second.value)] }),
      );
    }
    this.sets.addEventListener('change', () => navigation.chooseSet(this.sets.value as SetChoice));
    this.labels.addEventListener('change', () => store.update({ label: Number(this.labels.value) }));
    const forPoints = [
      button('Fit', () => scatter.fit(), 'Show all points (0)'),
      button('Save picture…', () => void saving.map(), 'The map with title, legend and axes, as PNG'),
      button('Save CSV…', () => void saving.table(), 'All points: label, position and latent'),
    ];
    this.node = element(
      'div',
      { class: 'latent-toolbar undescribed', inert: true, role: 'toolbar', 'aria-label': 'Latent Explorer' },
      this.projections,
      this.dimensions,
      modes,
      this.labelRow,
      this.sets,
      new DrawsChoice(store, navigation).node,
      element('span', { class: 'toolbar-end' }, this.live, ...forPoints),
    );
    const needingPoints = [...forPoints, this.live];
    for (const node of needingPoints) setDisabled(node, NO_POINTS);
    store.on(['points'], () => needingPoints.forEach((node) => setDisabled(node, undefined)));
    store.on(['description'], () => this.writeDescription());
    store.on(['view'], () => this.writeView());
    store.on(['set', 'label'], () => this.writeChoices());
    store.on(['source', 'following', 'description'], () => this.writeLive());
    this.writeView();
    this.writeLive();
  }

  private choose(view: Partial<View>): void {
    this.store.update({ view: { ...this.store.state.view, ...view } });
  }

  /** Offers what the model can do. */
  private writeDescription(): void {
    const { description, label } = this.store.state;
    if (!description) return;
    // Before it is known, the bar only reserves its space.
    this.node.classList.remove('undescribed');
    this.node.inert = false;
    const { capabilities, sets, classes } = description;
    const size = capabilities.latent?.size ?? 0;
    setHidden(this.projections, size <= 2);
    if (this.first.childElementCount !== size) {
      const options = () => Array.from({ length: size }, (_, d) => element('option', { value: d }, `z${digits(d)}`));
      this.first.replaceChildren(...options());
      this.second.replaceChildren(...options());
    }
    const count = { ...sets, all: sets.test + sets.train };
    this.sets.replaceChildren(
      ...SETS.map(([set, name]) =>
        element('option', { value: set }, `${name} · ${count[set].toLocaleString('en-US')}`),
      ),
    );
    setHidden(this.sets, !capabilities.latent?.encodes);
    setHidden(this.labelRow, capabilities.classes === 0);
    this.labels.replaceChildren(
      ...(classes ?? []).map((name, i) => element('option', { value: i, selected: i === label }, name)),
    );
    this.writeView();
    this.writeChoices();
  }

  private writeView(): void {
    const { kind, dimensions } = this.store.state.view;
    this.projections.querySelectorAll('input').forEach((input) => (input.checked = input.value === kind));
    [this.first.value, this.second.value] = [String(dimensions[0]), String(dimensions[1])];
    setHidden(this.dimensions, kind !== 'dimensions' || this.first.childElementCount <= 2);
  }

  private writeChoices(): void {
    const { set, label } = this.store.state;
    [this.sets.value, this.labels.value] = [set, String(label)];
  }

  private writeLive(): void {
    // Following sends encoded images.
    const encodes = this.store.state.description?.capabilities.latent?.encodes !== null;
    setHidden(this.live, !this.store.isLive || !encodes);
    this.live.setAttribute('aria-pressed', String(this.store.state.following));
  }
}
