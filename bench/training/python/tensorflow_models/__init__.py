from .autoregressive import Made, PixelCnn, RowLstm
from .gan import DcganDiscriminator, DcganGenerator, RingGan, WganGp
from .vae import ConvVae, ConvVae64, MlpVae

MODELS = {
    "mlp-vae": MlpVae,
    "conv-vae": ConvVae,
    "ring-gan": RingGan,
    "dcgan-d": DcganDiscriminator,
    "dcgan-g": DcganGenerator,
    "wgan-gp": WganGp,
    "made": Made,
    "pixelcnn": PixelCnn,
    "row-lstm": RowLstm,
    "conv-vae-64": ConvVae64,
}
