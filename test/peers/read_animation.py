"""Prints what Pillow reads from an animated PNG, as JSON: read_animation.py FILE"""

import base64
import json
import sys

from PIL import Image

image = Image.open(sys.argv[1])
still = image.default_image
frames = []
for index in range(image.n_frames):
    image.seek(index)
    pixels = base64.b64encode(image.tobytes()).decode("ascii")
    frames.append({"pixels": pixels, "mode": image.mode, "duration": image.info.get("duration")})
print(json.dumps({"size": image.size, "loop": image.info.get("loop"), "still": still, "frames": frames}))
