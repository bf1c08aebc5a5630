"""Changes to the solutions that change no answer, each with the reason; `tools.mutants` finds them."""

# Exercises with many right answers: a changed recipe or network is another right one.
OPEN = {"train", "build_separable_cnn"}

EQUIVALENT: dict[str, dict[tuple[str, str], str]] = {
    "same_padding": {
        (
            "total = max((stops - 1) * stride + reach - n, 0)",
            "total = max(0, (stops - 1) * stride + reach - n)",
        ): "max does not mind the order of its arguments.",
    },
    "slide": {
        (
            "y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))",
            "y = np.ones((image.shape[0] - kh + 1, image.shape[1] - kw + 1))",
        ): "Every number of it is overwritten.",
    },
    "conv2d": {
        (
            "for n, r in zip(x.shape[1:3], reach, strict=True):",
            "for n, r in zip(x.shape[1:3], reach):",
        ): "The two are always of one length.",
        (
            "for n, r in zip(x.shape[1:3], reach, strict=True):",
            "for n, r in zip(x.shape[1:3], reach, strict=False):",
        ): "The two are always of one length.",
        (
            "total = max((-(-n // stride) - 1) * stride + r - n, 0)",
            "total = max(0, (-(-n // stride) - 1) * stride + r - n)",
        ): "max does not mind the order of its arguments.",
        (
            "y = np.zeros((n, (h - reach[0]) // stride + 1, (w - reach[1]) // stride + 1, filters))",
            "y = np.ones((n, (h - reach[0]) // stride + 1, (w - reach[1]) // stride + 1, filters))",
        ): "Every number of it is overwritten.",
    },
    "conv2d_params": {
        ("kh, kw = kernel_size", "kw, kh = kernel_size"): "Only their product is used.",
    },
    "conv2d_macs": {
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size):",
        ): "The two are always of one length.",
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size, strict=False):",
        ): "The two are always of one length.",
        (
            "positions *= -(-n // stride) if padding == 'same' else (n - k) // stride + 1",
            "positions *= -n // stride if padding == 'same' else (n - k) // stride + 1",
        ): "Both factors change their sign, and their product does not.",
    },
    "conv2d_backward": {
        (
            "return (dx, dkernel, dy.sum(axis=(0, 1, 2)))",
            "return (dx, dkernel, dy.sum(axis=(1, 0, 2)))",
        ): "The same axes are summed.",
        (
            "return (dx, dkernel, dy.sum(axis=(0, 1, 2)))",
            "return (dx, dkernel, dy.sum(axis=(0, 2, 1)))",
        ): "The same axes are summed.",
    },
    "receptive_field": {
        ("size, jump = (1, 1)", "jump, size = (1, 1)"): "Both are 1.",
    },
    "depthwise_conv2d": {
        (
            "kh, kw, channels, multiplier = kernel.shape",
            "kh, kw, multiplier, channels = kernel.shape",
        ): "Only their product is used.",
        (
            "y = np.zeros((n, (h - kh) // stride + 1, (w - kw) // stride + 1, channels * multiplier))",
            "y = np.ones((n, (h - kh) // stride + 1, (w - kw) // stride + 1, channels * multiplier))",
        ): "Every number of it is overwritten.",
        (
            "y[:, i, j] = np.einsum('nabc,abcm->ncm', window, kernel).reshape(n, -1)",
            "y[:, i, j] = np.einsum('nabc,abcm->ncm', window, kernel).reshape(n, -2)",
        ): "NumPy takes every negative length for the one to be worked out.",
    },
    "depthwise_params": {
        ("kh, kw = kernel_size", "kw, kh = kernel_size"): "Only their product is used.",
    },
    "depthwise_macs": {
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size):",
        ): "The two are always of one length.",
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size, strict=False):",
        ): "The two are always of one length.",
        (
            "positions *= -(-n // stride) if padding == 'same' else (n - k) // stride + 1",
            "positions *= -n // stride if padding == 'same' else (n - k) // stride + 1",
        ): "Both factors change their sign, and their product does not.",
    },
    "depthwise_backward": {
        (
            "return (dx, dkernel, dy.sum(axis=(0, 1, 2)))",
            "return (dx, dkernel, dy.sum(axis=(1, 0, 2)))",
        ): "The same axes are summed.",
        (
            "return (dx, dkernel, dy.sum(axis=(0, 1, 2)))",
            "return (dx, dkernel, dy.sum(axis=(0, 2, 1)))",
        ): "The same axes are summed.",
    },
    "isolates_channels": {
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(2, 9, 8, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(3, 8, 9, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(1, 8, 9, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(2, 9, 9, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(2, 7, 9, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(2, 8, 10, channels))",
        ): "Other images will do as well.",
        (
            "x = rng.normal(size=(2, 8, 9, channels))",
            "x = rng.normal(size=(2, 8, 8, channels))",
        ): "Other images will do as well.",
        (
            "changed[..., c] = rng.normal(size=x.shape[:3])",
            "changed[..., c] = rng.normal()",
        ): "The image before is random: one number in its place changes it too.",
        (
            "multiplier = y.shape[3] // channels",
            "multiplier = y.shape[3] / channels",
        ): "Dividing whole numbers of maps by the channels leaves no remainder.",
        (
            "moved = np.abs(layer(changed) - y).max(axis=(0, 1, 2)) > 0",
            "moved = np.abs(layer(changed) - y).max(axis=(1, 0, 2)) > 0",
        ): "The same axes are summed.",
        (
            "moved = np.abs(layer(changed) - y).max(axis=(0, 1, 2)) > 0",
            "moved = np.abs(layer(changed) - y).max(axis=(0, 2, 1)) > 0",
        ): "The same axes are summed.",
    },
    "pointwise_conv2d": {
        (
            "y = x @ kernel[0, 0]",
            "y = x @ kernel[-1, 0]",
        ): "The axis has one place: the first is the last.",
        (
            "y = x @ kernel[0, 0]",
            "y = x @ kernel[0, -1]",
        ): "The axis has one place: the first is the last.",
    },
    "separable_params": {
        ("kh, kw = kernel_size", "kw, kh = kernel_size"): "Only their product is used.",
    },
    "separable_macs": {
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size):",
        ): "The two are always of one length.",
        (
            "for n, k in zip(input_size, kernel_size, strict=True):",
            "for n, k in zip(input_size, kernel_size, strict=False):",
        ): "The two are always of one length.",
        (
            "positions *= -(-n // stride) if padding == 'same' else (n - k) // stride + 1",
            "positions *= -n // stride if padding == 'same' else (n - k) // stride + 1",
        ): "Both factors change their sign, and their product does not.",
    },
    "compose": {
        (
            "weights = pointwise_kernel.reshape(channels, multiplier, -1)",
            "weights = pointwise_kernel.reshape(channels, multiplier, -2)",
        ): "NumPy takes every negative length for the one to be worked out.",
    },
    "factor": {
        (
            "depthwise_kernel = np.zeros((kh, kw, channels, m))",
            "depthwise_kernel = np.ones((kh, kw, channels, m))",
        ): "Every number of it is overwritten.",
        (
            "pointwise_kernel = np.zeros((1, 1, channels * m, filters))",
            "pointwise_kernel = np.ones((1, 1, channels * m, filters))",
        ): "Every number of it is overwritten.",
        (
            "u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters), full_matrices=False)",
            "u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters))",
        ): "The rows and columns that come on top are cut off again.",
        (
            "u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters), full_matrices=False)",
            "u, s, vt = np.linalg.svd(kernel[:, :, c].reshape(kh * kw, filters), full_matrices=True)",
        ): "The rows and columns that come on top are cut off again.",
        (
            "pointwise_kernel[0, 0, c * m:(c + 1) * m] = vt[:m]",
            "pointwise_kernel[-1, 0, c * m:(c + 1) * m] = vt[:m]",
        ): "The axis has one place: the first is the last.",
        (
            "pointwise_kernel[0, 0, c * m:(c + 1) * m] = vt[:m]",
            "pointwise_kernel[0, -1, c * m:(c + 1) * m] = vt[:m]",
        ): "The axis has one place: the first is the last.",
    },
    "count": {
        (
            "if kind in ('norm', 'pool'):",
            "if kind in ('pool', 'norm'):",
        ): "The order of what is looked for does not matter.",
        (
            "for n, k in zip(size[:2], kernel[:2], strict=True):",
            "for n, k in zip(size[:2], kernel[:2]):",
        ): "The two are always of one length.",
        (
            "for n, k in zip(size[:2], kernel[:2], strict=True):",
            "for n, k in zip(size[:2], kernel[:2], strict=False):",
        ): "The two are always of one length.",
        (
            "positions *= -(-n // stride) if padded else (n - k) // stride + 1",
            "positions *= -n // stride if padded else (n - k) // stride + 1",
        ): "Both factors change their sign, and their product does not.",
    },
    "max_pool": {
        (
            "return windows.max(axis=(2, 4))",
            "return windows.max(axis=(4, 2))",
        ): "The same axes are looked at.",
    },
    "build_cnn": {
        (
            "ooling2D(2), layers.Dropout(0.25), layers.Flatten(), layers.Dense(128,",
            "ooling2D(2), layers.Flatten(), layers.Dropout(0.25), layers.Dense(128,",
        ): "Dropping and laying out in a row can be done in either order.",
    },
    "reading": {
        (
            "parameters = (5 * 5 * 1 + 1) * 16 + (3 * 3 * 16 + 1) * 32 + (1 * 1 * 32 + 1) * 10",
            "parameters = (5 * 5 // 1 + 1) * 16 + (3 * 3 * 16 + 1) * 32 + (1 * 1 * 32 + 1) * 10",
        ): "Dividing by 1 or multiplying by 1 is the same.",
        (
            "parameters = (5 * 5 * 1 + 1) * 16 + (3 * 3 * 16 + 1) * 32 + (1 * 1 * 32 + 1) * 10",
            "parameters = (5 * 5 * 1 + 1) * 16 + (3 * 3 * 16 + 1) * 32 + (1 // 1 * 32 + 1) * 10",
        ): "Dividing by 1 or multiplying by 1 is the same.",
    },
    "grouped_conv2d": {
        (
            "pairs = zip(np.split(x, groups, axis=3), np.split(kernel, groups, axis=3), strict=True)",
            "pairs = zip(np.split(x, groups, axis=3), np.split(kernel, groups, axis=3))",
        ): "The two are always of one length.",
        (
            "pairs = zip(np.split(x, groups, axis=3), np.split(kernel, groups, axis=3), strict=True)",
            "pairs = zip(np.split(x, groups, axis=3), np.split(kernel, groups, axis=3), strict=False)",
        ): "The two are always of one length.",
    },
    "channel_shuffle": {
        (
            "table = x.reshape(*x.shape[:3], groups, -1)",
            "table = x.reshape(*x.shape[:3], groups, -2)",
        ): "NumPy works out whichever length is negative.",
        (
            "return table.swapaxes(3, 4).reshape(x.shape)",
            "return table.swapaxes(4, 3).reshape(x.shape)",
        ): "The same axes change places.",
    },
    "inverted_residual_costs": {
        (
            "height, width, channels = input_size",
            "width, height, channels = input_size",
        ): "Only their product is used, and that of what the stride leaves of them.",
        (
            "layers = [(9 * wide, wide, after), (wide * filters, filters, after)]",
            "layers = [(wide * filters, filters, after), (9 * wide, wide, after)]",
        ): "Sums do not mind the order of the layers.",
    },
    "squeeze_excite": {
        (
            "means = x.mean(axis=(1, 2))",
            "means = x.mean(axis=(2, 1))",
        ): "The same axes are averaged.",
        (
            "inner = np.maximum(means @ w1 + b1, 0)",
            "inner = np.maximum(0, means @ w1 + b1)",
        ): "The larger of two numbers is the same either way.",
    },
}
