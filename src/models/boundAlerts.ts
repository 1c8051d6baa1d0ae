import { figure, type AlertRule } from './alerts';

/** Nats per example below which z tells nothing of x. */
const LEAST_KL = 0.1;
/** Updates in which a decoder may still learn the mean of the data before it uses z. */
const SETTLING = 200;

/**
 * The posterior has collapsed onto the prior, q(z|x) = p(z): no latent dimension is active (Burda et al. 2015, section 5.2), or the KL is
 * close to 0 (Bowman et al. 2016). The decoder then gives every x the same distribution.
 */
export const posteriorCollapse: AlertRule = {
  ...{ name: 'posterior-collapse', title: 'Posterior collapse', window: 1, after: SETTLING },
  tags: ['latent/active_units', 'test/kl'],
  when: ({ median }) => {
    const [active, kl] = [median('latent/active_units'), median('test/kl')];
    if (active >= 1 && kl >= LEAST_KL) return undefined;
    const units = active < 1 ? 'no latent dimension is active' : `${active} are active`;
    return `The KL is ${figure(kl)} nats per example, and ${units}: the latent tells the decoder nothing of the data.`;
  },
  advice: 'A lower β, to be raised slowly later, or a less powerful decoder usually helps.',
  remedy: { hyperparameter: 'beta', factor: 0.1 },
};
