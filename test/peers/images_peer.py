"""What Pillow and NumPy make of image files of every kind.

images_peer.py write FOLDER HEIGHT WIDTH   writes images of many formats, and some that are no images, and prints for each file
                                           what a model should see: RGB and gray of HEIGHT x WIDTH, cropped and bordered; null
                                           for a file that should be refused
"""

import io
import json
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image

EXIF_ORIENTATION = 0x0112


def picture(height=96, width=128):
    """A smooth picture whose corners differ, so that turning and mirroring it show."""
    y, x = np.mgrid[0:height, 0:width]
    u, v = x / (width - 1), y / (height - 1)
    return np.stack([255 * u, 255 * v, 127.5 * (1 + np.sin(5 * u * (1 - v)))], axis=-1)


def scaled(image, height, width, fit):
    """RGB as float [height, width, 3], resized by Pillow with Lanczos kernels."""
    ratio = image.width / image.height
    if fit == "crop":
        size = (max(width, round(height * ratio)), max(height, round(width / ratio)))
    else:
        size = (min(width, round(height * ratio)), min(height, round(width / ratio)))
    resized = image.resize(size, Image.Resampling.LANCZOS)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    # Beyond the image a crop is black.
    return resized.crop((left, top, left + width, top + height))


def expected(image, height, width):
    image = image.convert("RGB")
    seen = {}
    for fit in ("crop", "fit"):
        rgb = scaled(image, height, width, fit)
        seen[fit] = {"rgb": np.asarray(rgb).ravel().tolist(), "gray": np.asarray(rgb.convert("L")).ravel().tolist()}
    return seen


def turned(upright, orientation):
    """The pixels as a camera stores them that says `orientation`: what a viewer undoes (EXIF 2.3, 4.6.4)."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return upright if undo is None else upright.transpose(undo)


def png16(pixels):
    """A PNG of 16 bits a channel, RGB, which Pillow does not write."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bmp(pixels, bits, palette=b"", height=None, masks=b"", header=40):
    """A bitmap of rows that are packed already, each a multiple of four bytes; `masks` follow the first 40 bytes of the header."""
    width, rows = pixels
    data = b"".join(rows)
    after = masks.ljust(header - 40, b"\0") if header > 40 else masks
    offset = 14 + 40 + len(after) + len(palette)
    info = struct.pack(
        "<IiiHHIIiiII", header, width, height or len(rows), 1, bits, 3 if masks else 0, len(data), 0, 0, len(palette) // 4, 0
    )
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + after + palette + data


def padded(row):
    return row + b"\0" * (-len(row) % 4)


def write(folder, height, width):
    rgb = np.rint(picture()).astype(np.uint8)
    image = Image.fromarray(rgb)
    gray = image.convert("L")
    seen = {}

    def keep(name, shown, **options):
        """`shown` is what the file should look like; options of Pillow's writer, or `data`, or `source` to write."""
        data = options.pop("data", None)
        source = options.pop("source", shown)
        location = os.path.join(folder, name)
        if data is None:
            source.save(location, **options)
        else:
            with open(location, "wb") as file:
                file.write(data)
        seen[name] = None if shown is None else expected(shown, height, width)

    def encoded(source, kind, **options):
        stream = io.BytesIO()
        source.save(stream, kind, **options)
        return stream.getvalue()

    def read_back(name):
        with Image.open(os.path.join(folder, name)) as opened:
            return opened.convert("RGB")

    keep("rgb.png", image)
    keep("gray.png", gray)
    keep("palette.png", image.quantize(64), optimize=True)
    keep("bits1.png", gray.convert("1"))
    keep("rgb16.png", image, data=png16(np.rint(picture() * 257)))
    deep = np.rint(picture()[..., 0] * 257).astype(np.uint16)
    keep("gray16.png", Image.fromarray((deep >> 8).astype(np.uint8)), source=Image.fromarray(deep))
    alpha = np.full((96, 128), 255, np.uint8)
    alpha[:, 64:] = 0
    on_black = Image.fromarray((rgb * (alpha[..., None] > 0)).astype(np.uint8))
    keep("alpha.png", on_black, source=Image.fromarray(np.dstack([rgb, alpha])))
    faded = Image.fromarray(np.asarray(gray) * (alpha > 0))
    keep("grayAlpha.png", faded, source=Image.merge("LA", [gray, Image.fromarray(alpha)]))
    keep("lossless.webp", image, lossless=True)
    keep("lossy.webp", image, quality=95)
    keep("alpha.webp", on_black, source=Image.fromarray(np.dstack([rgb, alpha])), lossless=True, exact=True)
    keep("color.jpg", image, quality=95)
    keep("progressive.jpeg", image, quality=95, progressive=True)
    keep("gray.jpg", gray, quality=95)
    keep("cmyk.jpg", image, source=image.convert("CMYK"), quality=95)
    frames = [image.quantize(128), Image.new("RGB", image.size, (255, 0, 0)).quantize(2)]
    keep("animated.gif", frames[0].convert("RGB"), source=frames[0], save_all=True, append_images=frames[1:])
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = orientation
        keep(f"turned{orientation}.jpg", image, source=turned(image, orientation), quality=95, exif=exif)
    keep("bits24.bmp", image)
    keep("bits8.bmp", image.quantize(200))
    keep("gray.bmp", gray)
    keep("bits1.bmp", gray.convert("1"))
    bgrx = np.dstack([rgb[..., ::-1], np.zeros((96, 128), np.uint8)])
    keep("bits32.bmp", image, data=bmp((128, [row.tobytes() for row in bgrx[::-1]]), 32))
    rows = [padded(row[:, ::-1].tobytes()) for row in rgb]
    keep("topDown.bmp", image, data=bmp((128, rows), 24, height=-96))
    shown, rows16 = sixteen_bits(gray)
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    keep("bits16.bmp", Image.fromarray(shown), data=bmp((128, rows16[::-1]), 16, masks=masks))
    shades = np.asarray(gray) >> 4
    palette = b"".join(bytes([17 * shade, 255 - 17 * shade, 0, 0]) for shade in range(16))
    packed = [padded(bytes(row[0::2] << 4 | row[1::2])) for row in shades]
    looked = np.stack([np.zeros_like(shades), 255 - 17 * shades, 17 * shades], axis=-1).astype(np.uint8)
    keep("bits4.bmp", Image.fromarray(looked), data=bmp((128, packed[::-1]), 4, palette=palette))
    bgra = np.dstack([rgb[..., ::-1], alpha])
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    keep("alpha.bmp", on_black, data=bmp((128, [row.tobytes() for row in bgra[::-1]]), 32, masks=masks, header=108))
    keep("png.jpg", image, data=encoded(image, "PNG"))
    keep("tiny.png", Image.fromarray(rgb[40:41, 60:61]))

    jpeg = encoded(image, "JPEG", quality=95)
    keep("truncated.jpg", None, data=jpeg[: len(jpeg) // 2])
    png = encoded(image, "PNG")
    keep("truncated.png", None, data=png[: len(png) // 2])
    keep("truncated.bmp", None, data=encoded(image, "BMP")[:-500])
    keep("truncated.webp", None, data=encoded(image, "WEBP")[:300])
    keep("empty.png", None, data=b"")
    keep("text.png", None, data=b"These are no pixels.\n")
    keep("vector.png", None, data=b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    keep("tagged.jpg", None, data=encoded(image, "TIFF"))
    keep("bomb.bmp", None, data=bmp((100_000, [b"\0\0\0\0"]), 24, height=100_000))
    keep("runLength.bmp", None, data=bmp((128, rows), 24, height=96)[:30] + b"\x01" + bmp((128, rows), 24)[31:])
    huge = bytearray(png)
    huge[16:24] = struct.pack(">II", 60_000, 60_000)
    huge[29:33] = struct.pack(">I", zlib.crc32(bytes(huge[12:29])))
    keep("bomb.png", None, data=bytes(huge))
    # What the formats lose is not the decoder's doing.
    for name in ("lossy.webp", "color.jpg", "progressive.jpeg", "gray.jpg"):
        seen[name] = expected(read_back(name), height, width)
    return seen


def sixteen_bits(gray):
    """A picture of 5, 6 and 5 bits, and its rows."""
    values = np.asarray(gray).astype(np.uint16)
    red, green, blue = values >> 3, (255 - values) >> 2, values >> 3
    rows = [padded(row.astype("<u2").tobytes()) for row in red << 11 | green << 5 | blue]
    shown = np.stack([red * 255 / 31, green * 255 / 63, blue * 255 / 31], axis=-1)
    return np.rint(shown).astype(np.uint8), rows


_, folder, *size = sys.argv[1:]
print(json.dumps(write(folder, *map(int, size))))
