"""The mistakes that people make: solutions with something changed, and what becomes of each."""

from dataclasses import dataclass

from grading.example.task import Task


@dataclass(frozen=True)
class Mistake:
    """A solution with something changed, and what becomes of it.

    ``fails`` are the ends of the names of the test cells that find it, ``called`` is the
    misconception's name in the checks; empty where they have no name for it.
    """

    exercise: str
    changes: tuple[tuple[str, str], ...]
    fails: str
    called: str
    status: str = "wrong"

    def made_in(self, about: Task) -> str:
        text = about.solutions[self.exercise]
        for old, new in self.changes:
            if old not in text:
                raise ValueError(f"{old!r} is not in the solution of {self.exercise}.")
            text = text.replace(old, new)
        return text

    def costs(self, about: Task) -> float:
        return sum(about.points[f"{self.exercise}_{end}"] for end in self.fails.split())


# What several exercises have in common.
SAME = '    if padding == "same":\n        return -(-n // stride)\n'
PLACES = '-(-n // stride) if padding == "same" else (n - k) // stride + 1'
BIAS = "y if bias is None else y + bias"
HALVES = "total // 2, total - total // 2"
ADDED, OVERWRITTEN = "dx[:, rows, columns] +=", "dx[:, rows, columns] ="
FORGOTTEN = ((BIAS, "y"),)
EVERY_PIXEL = ((PLACES, "n"),)

# fmt: off
MISTAKES = {
    "01_normal_convolution": (
        Mistake("conv2d", (("columns], kernel,", "columns], kernel[::-1, ::-1],"),),
                "window bias stride padding dilation", "flipped kernel"),
        Mistake("output_length", (("// stride + 1", "// stride"),),
                "valid stride dilation", "one stop missing"),
        Mistake("conv2d", (("(w - reach[1]) // stride + 1", "w - reach[1] + 1"), ("j * stride", "j")),
                "stride padding", "stride on rows only"),
        Mistake("conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("conv2d", (('padding == "same"', "False"),), "padding dilation", "padding ignored"),
        Mistake("same_padding", ((HALVES, "total - total // 2, total // 2"),),
                "stride_1 stride dilation", "surplus at the start"),
        Mistake("conv2d_macs", EVERY_PIXEL,
                "stride_1 stride_and_padding", "counted at every input pixel"),
        Mistake("conv2d_backward", ((ADDED, OVERWRITTEN),), "dx dx_stride", "overwritten"),
        Mistake("output_length", ((SAME, ""),), "same dilation", "padding ignored"),
        Mistake("conv2d_params", ((" + int(use_bias)", ""),), "with_bias", "bias forgotten"),
        Mistake("conv2d", ((BIAS, "y + bias if bias else y"),), "bias", "", "crashed"),
        Mistake("build_two_layer_model",
                (("(32, 3)", '(32, 3, padding="same")'), ("(64, 3)", '(64, 3, padding="same")')),
                "check", "same padding"),
        Mistake("output_length", (("(n - reach) // stride + 1", "-(-(n - reach) // stride) + 1"),),
                "stride", "rounded up"),
        Mistake("conv2d_backward", (("i * stride", "i"), ("j * stride", "j")),
                "dkernel_stride dx_stride", "stride ignored"),
        Mistake("same_padding", ((HALVES, "0, total"),),
                "stride_1 stride dilation", "everything at the end"),
        Mistake("build_two_layer_model",
                (("(32, 3)", '(32, 3, activation="relu")'),
                 ("(64, 3)", '(64, 3, activation="relu")')),
                "check", "relu"),
        Mistake("output_length", (("(k - 1) * dilation + 1", "k"),), "dilation", "dilation ignored"),
        Mistake("conv2d_params", (("kh * kw", "kh * kh"),),
                "with_bias without_bias", "square kernel assumed"),
        Mistake("conv2d_backward", (("dy.sum", "dy.mean"),), "dbias", "dbias averaged"),
        Mistake("receptive_field", (("        jump *= stride\n", ""),), "stride dilation", "stride ignored"),
        Mistake("slide", (("kernel.shape\n    y", "kernel.T.shape\n    y"),), "window",
                "height and width of the kernel exchanged"),
    ),
    "02_depthwise_convolution": (
        Mistake("depthwise_conv2d", (("->ncm", "->nmc"),),
                "window bias stride padding", "order j·C + c"),
        Mistake("depthwise_conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("depthwise_macs", EVERY_PIXEL,
                "stride_1 stride_and_padding", "counted at every input pixel"),
        Mistake("as_normal_kernel",
                ((":, :, c, c *", ":, :, :, c *"), ("kernel[:, :, c]", "kernel[:, :, c : c + 1]")),
                "kernel", "weights for every channel"),
        Mistake("depthwise_backward", ((ADDED, OVERWRITTEN),), "dx dx_stride", "overwritten"),
        Mistake("isolates_channels", (("in range(channels):", "in range(1):"),),
                "plain subtle order", "only channel 0 is changed"),
    ),
    "03_pointwise_convolution": (
        Mistake("pointwise_conv2d", (("kernel[0, 0]", "kernel[0, 0] / x.shape[3]"),),
                "pixels bias", "channels averaged"),
        Mistake("pointwise_conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("separable_conv2d", (("depthwise_kernel, stride,", "depthwise_kernel, 1,"),),
                "stride padding", "stride ignored"),
        Mistake("separable_params", (("* filters", "* filters + maps * use_bias"),),
                "with_bias", "bias after the depthwise step too"),
        Mistake("compose", (("reshape(channels, multiplier, -1)",
                             "reshape(multiplier, channels, -1).swapaxes(0, 1)"),),
                "multiplier", "order of the intermediate channels"),
        Mistake("factor", (("(u[:, :m] * s[:m])", "u[:, :m]"),),
                "exact closest", "singular values dropped"),
        Mistake("count", (("parameters += 2 * size[-1]", "parameters += 0"),),
                "parameters papers", "norms forgotten"),
    ),
    "04_mnist_cnn": (
        Mistake("preprocess", ((" / 255", ""),), "images", "not divided"),
        Mistake("confusion_matrix", (("(y_true, y_pred)", "(y_pred, y_true)"),),
                "counts classes", "transposed"),
        Mistake("max_pool", (("windows.max(", "windows.mean("),),
                "window size remainder", "averages"),
        Mistake("softmax_cross_entropy",
                (("z = logits - logits.max(axis=1, keepdims=True)", "z = logits"),),
                "loss_large gradient_large", "overflow"),
        Mistake("max_pool_backward",
                (("divmod(window.argmax(), size)", "np.argwhere(window == window.max())[-1]"),),
                "ties", "the last of several largest"),
        Mistake("fold_batch_norm", (("np.sqrt(variance + epsilon)", "np.sqrt(variance)"),),
                "kernel bias epsilon no_bias", "epsilon left out"),
        Mistake("build_cnn", (("            layers.Dropout(0.25),\n", ""),),
                "dropout", "no dropout after the pooling"),
        Mistake("preprocess", (("keras.utils.to_categorical(labels, num_classes=10)", "labels"),),
                "labels", "labels as they are"),
        Mistake("reading", (("5 * 5 * 1 + 1", "5 * 5 * 1"),), "parameters", ""),
        Mistake("confusion_matrix", ((", dtype=int", ""),), "type", ""),
    ),
    "05_what_became_of_it": (
        Mistake("grouped_conv2d",
                (("np.split(kernel, groups, axis=3)", "[kernel[..., g::groups] for g in range(groups)]"),),
                "groups bias stride_and_padding", "filters dealt out"),
        Mistake("grouped_conv2d", FORGOTTEN, "bias", "bias forgotten"),
        Mistake("channel_shuffle", ((".swapaxes(3, 4)", ""),), "order", "nothing moved"),
        Mistake("inverted_residual_costs", (("    if expansion > 1:", "    if True:"),),
                "expansion_1", "an expansion layer always"),
        Mistake("inverted_residual_costs", (("wide, before)", "wide, after)"),),
                "stride", "the stride in the first layer"),
        Mistake("squeeze_excite", (("np.maximum(means @ w1 + b1, 0)", "means @ w1 + b1"),),
                "one_image several_images", "no ReLU"),
    ),
}
