import { element, setHidden } from './dom';
import { HeatMap } from './heatMap';
import type { HeatPlan } from './plan';
import type { RunView } from './runStore';
import type { SettingsStore } from './settings';
import type { Theme } from './theme';

/** The heat maps of a view, in the order of their plans. */
export class HeatBoard {
  readonly node = element('div', { class: 'board heat-maps' });
  private readonly maps = new Map<string, HeatMap>();

  constructor(
    private readonly settings: SettingsStore,
    requestDraw: () => void,
  ) {
    new ResizeObserver(requestDraw).observe(this.node);
    settings.onChange(requestDraw);
  }

  draw(plans: readonly HeatPlan[], runs: readonly RunView[], theme: Theme): void {
    setHidden(this.node, plans.length === 0);
    const byKey = new Map(runs.map((run) => [run.summary.key, run]));
    const wanted = new Set(plans.map(({ key }) => key));
    for (const [key, map] of this.maps) {
      if (wanted.has(key)) continue;
      map.dispose();
      this.maps.delete(key);
    }
    for (const plan of plans) {
      const run = byKey.get(plan.run);
      if (!run) continue;
      let map = this.maps.get(plan.key);
      if (!map) {
        this.maps.set(plan.key, (map = new HeatMap()));
        this.node.append(map.node);
      }
      map.draw({ plan, run, settings: this.settings.value, theme });
    }
  }
}
