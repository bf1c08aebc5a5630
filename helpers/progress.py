"""What a training looks like while it runs: one line that is written over, then a curve to draw."""

from time import perf_counter

EVERY = 67  # batches: seven points in an epoch of MNIST's 469


def progress(every: int = EVERY):
    """A Keras callback for `model.fit(…, verbose=0)`: one line that moves, and stays when all is done.

    Afterwards it knows ``epochs``, how far the training was at each point of its curve;
    ``accuracy``, the share of right answers in the ``every`` batches up to there; and ``seconds``,
    what the training took without the tests in between. The model must measure its accuracy.
    """
    from IPython.display import display
    from keras.callbacks import Callback

    class Progress(Callback):
        def on_train_begin(self, logs=None):
            self.epochs, self.accuracy, self.seconds = [], [], 0.0
            self.line = display(Line(0, "starting"), display_id=True)
            self.since = perf_counter()

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch, self.seen, self.right = epoch, 0, 0.0

        def on_train_batch_end(self, batch, logs=None):
            """Keras' accuracy is a mean since the epoch began; the last batches are a difference."""
            batches, steps = batch + 1, self.params["steps"]
            if batches % every and batches != steps:
                return
            right = batches * float(logs["accuracy"])
            self.accuracy.append((right - self.right) / (batches - self.seen))
            self.epochs.append(self.epoch + batches / steps)
            self.seen, self.right = batches, right
            self.show(f"{self.accuracy[-1]:.1%} of the last images right")

        def on_test_begin(self, logs=None):
            self.seconds += perf_counter() - self.since

        def on_test_end(self, logs=None):
            self.since = perf_counter()

        def on_train_end(self, logs=None):
            self.seconds += perf_counter() - self.since
            self.show(f"{self.seconds:.0f} seconds")

        def show(self, words):
            if self.line:  # there is none outside of a notebook
                of = self.params["epochs"]
                done = self.epochs[-1] if self.epochs else 0
                words = f"epoch {min(int(done) + 1, of)} of {of}, {words}"
                self.line.update(Line(done / of, words))

    return Progress()


class Line:
    """A bar and words, as HTML and as plain text."""

    def __init__(self, share: float, words: str):
        self.share, self.words = share, words

    def _repr_html_(self) -> str:
        return f'<progress value="{self.share:.3f}" max="1"></progress> {self.words}'

    def __repr__(self) -> str:
        return f"{self.share:.0%} done, {self.words}"
