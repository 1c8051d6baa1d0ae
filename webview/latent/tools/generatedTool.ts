import { element, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { brokenRows, row, type Vectors } from '../maths/vectors';
import { planePositions } from '../model/portrayal';
import type { Exploration } from '../model/state';
import { Camera } from '../points/camera';
import { MarksPainter } from '../points/marks';
import { allToPlane, frameOf, toPlane, type PlaneFrame } from '../projections/plane';
import { Tool, type ToolParts } from './tool';

/** Height over width of the plane. */
const ASPECT = 0.8;
const POINT_RADIUS = 1.6;

/** Generated points of the latents that are marked on the map. */
interface Marked {
  readonly probe: readonly number[] | undefined;
  readonly path: readonly (readonly number[])[];
}

/** What a model of points generates: the points of all draws, and those of the marked latents. */
export class GeneratedTool extends Tool {
  private readonly canvas = element('canvas', { class: 'generated', role: 'img' });
  private readonly summary = element('p', { class: 'dim' });
  /** The marked latents, decoded: the probe first if there is one, then the path. */
  private decoded: { readonly points: Vectors; readonly probe: boolean } | undefined;
  private readonly newest = new Latest<Marked>((marked) => this.decode(marked));

  constructor(parts: ToolParts) {
    super(
      parts,
      'generated',
      'Generated points',
      'graph-scatter',
      ['points', 'picked', 'selected', 'theme'],
      'What the draws are decoded to',
    );
    [this.node.hidden, this.node.open] = [true, true];
    this.body.append(this.canvas, this.summary);
    this.store.on(['probe', 'path', 'points'], () => this.want());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  protected override suits({ encoding }: Exploration): boolean {
    return encoding.generated !== undefined;
  }

  protected show(): void {
    this.draw();
  }

  private want(): void {
    const { probe, path, points } = this.store.state;
    if (points?.encoding.generated) this.newest.want({ probe: probe?.latent, path });
  }

  private async decode({ probe, path }: Marked): Promise<void> {
    const wanted = [...(probe ? [probe] : []), ...path];
    try {
      const points = wanted.length > 0 ? (await this.current?.model.decodeAll(wanted))?.points : undefined;
      this.decoded = points && { points, probe: probe !== undefined };
      this.draw();
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  private draw(): void {
    const exploration = this.current;
    const generated = exploration?.encoding.generated;
    const width = this.canvas.clientWidth;
    if (!exploration || !generated || width === 0) return;
    const height = Math.round(ASPECT * width);
    const context = this.canvas.getContext('2d');
    if (!context) return;
    this.canvas.style.height = `${height}px`;
    [this.canvas.width, this.canvas.height] = [width * devicePixelRatio, height * devicePixelRatio];
    context.scale(devicePixelRatio, devicePixelRatio);
    const { theme } = this.store.state;
    const positions = planePositions(generated);
    const frame = frameOf(positions);
    const camera = new Camera();
    camera.resize(width, height);
    camera.fit();
    const plane = allToPlane(frame, positions);
    const { selection } = exploration;
    for (const selected of [false, true]) {
      context.fillStyle = selected ? theme.accent : theme.foreground;
      context.globalAlpha = selected ? 1 : 0.45;
      for (let i = 0; i < plane.length / 2; i++) {
        if (selection.has(i) !== selected) continue;
        const { x, y } = camera.toScreen({ x: plane[2 * i]!, y: plane[2 * i + 1]! });
        context.beginPath();
        context.arc(x, y, selected ? 2 * POINT_RADIUS : POINT_RADIUS, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.globalAlpha = 1;
    this.mark(exploration, generated, context, camera, frame);
    this.describe(exploration, generated);
  }

  private mark(
    { picked }: Exploration,
    generated: Vectors,
    context: CanvasRenderingContext2D,
    camera: Camera,
    frame: PlaneFrame,
  ): void {
    const placeIn = (points: Vectors, index: number) => {
      const [x = 0, y = 0] = row(points, index);
      return toPlane(frame, { x, y });
    };
    const { points, probe } = this.decoded ?? { points: undefined, probe: false };
    const places = Array.from({ length: points?.count ?? 0 }, (_, i) => placeIn(points!, i));
    new MarksPainter(context, camera, this.store.state.theme).draw({
      picked: picked.map((index, i) => ({ letter: 'AB'[i] ?? '', place: () => placeIn(generated, index) })),
      path: probe ? places.slice(1) : places,
      outline: [],
      probe: probe ? places[0] : undefined,
    });
  }

  private describe({ picked, name }: Exploration, generated: Vectors): void {
    const at = (points: Vectors, index: number) => {
      const values = Array.from(row(points, index), (value) => value.toFixed(2).replace('-', '−'));
      return `(${values.join(', ')})`;
    };
    const { decoded } = this;
    const broken = brokenRows(generated);
    const facts = [
      `${generated.count.toLocaleString('en-US')} generated points`,
      generated.dimensions > 2 ? `the first two of ${generated.dimensions} coordinates` : '',
      ...picked.map((index, i) => `${'AB'[i] ?? ''}: ${name(index)} → ${at(generated, index)}`),
      decoded?.probe ? `decoded: ${at(decoded.points, 0)}` : '',
      broken > 0 ? `${broken.toLocaleString('en-US')} are not finite` : '',
    ];
    const words = facts.filter(Boolean).join(' · ');
    setText(this.summary, words);
    this.canvas.setAttribute('aria-label', `Plane of ${words}`);
  }
}
