"""How a net is fine-tuned: every setting of a run, checked when the plan is read; no PyTorch."""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

BATCH_NORM_ROWS = 10_000  # from so many training pictures on, running means follow them


class Finetune(BaseModel, frozen=True, extra="forbid"):
    """Settings of a run that starts from published weights and ends in a new last layer.

    References:
        You, Luo, Jin and Yang (2016), AAAI: the last layer is replaced and all layers learn. They
        do not tell rates, batch, iterations or augmentation.
        Zhang and Sabuncu (2018), Generalized Cross Entropy Loss, NeurIPS: `loss` and `q`.
    """

    kind: Literal["finetune"] = Field("finetune", description="how the net learns")
    net: Literal["efficientnet_lite0"] = Field(
        "efficientnet_lite0", description="the net whose published weights are the start"
    )
    mode: Literal["full", "last", "head"] = Field(
        "full", description="full: all layers; last: last stage and classifier; head: classifier"
    )
    epochs: int = Field(20, ge=1, description="times every training picture is shown")
    batch: int = Field(32, ge=1, description="pictures a step, of all processes together")
    optimiser: Literal["adamw", "sgd"] = Field("adamw", description="sgd has momentum")
    momentum: float = Field(0.9, ge=0, lt=1, description="of sgd")
    rate: float = Field(1e-4, gt=0, description="highest learning rate of layers that were there")
    new_rate_factor: float = Field(10.0, gt=0, description="rate of the new layer, times `rate`")
    weight_decay: float = Field(0.01, ge=0, description="of kernels; never of biases and norms")
    schedule: Literal["cosine", "steps", "constant"] = Field("cosine", description="of the rate")
    warm_up: float = Field(0.05, ge=0, lt=1, description="share of steps in which the rate rises")
    drops: tuple[float, ...] = Field(
        (0.5, 0.75), description="of schedule steps: shares of the run at which the rate falls"
    )
    drop_factor: float = Field(0.1, gt=0, le=1, description="what it falls to each time")
    loss: Literal["cross_entropy", "generalised"] = Field(
        "cross_entropy", description="generalised: forgives wrong labels"
    )
    q: float = Field(0.7, gt=0, le=1, description="of the generalised loss; near 0: cross entropy")
    label_smoothing: float = Field(0.1, ge=0, lt=1, description="share of a target given to all")
    balance: Literal["none", "loss", "sampling"] = Field(
        "none", description="rare emotions weigh more in the loss, or are drawn more often"
    )
    targets: Literal["labels", "shares"] = Field(
        "labels", description="labels, or the share of votes where a picture has it"
    )
    clip: float | None = Field(1.0, gt=0, description="longest gradient; null: any")
    averaging: float = Field(
        0.999, ge=0, lt=1, description="how much averaged weights keep at a step; 0: no averaging"
    )
    dropout: float = Field(0.2, ge=0, lt=1, description="share of features left out in a step")
    augment: Literal["crop", "mirror", "none"] = Field(
        "crop", description="crop: a random part, mirrored or not; mirror: only that"
    )
    least_area: float = Field(0.6, gt=0, le=1, description="smallest part of a picture, its area")
    batch_norm: Literal["auto", "fixed", "moving"] = Field(
        "auto", description="auto: running means stay as they are under 10,000 training pictures"
    )
    precision: Literal["float32", "bfloat16"] = Field("float32", description="of forward passes")
    patience: int | None = Field(
        None, ge=1, description="epochs without a better validation part that end the run"
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="auto: graphics cards where PyTorch finds one, else the processor"
    )
    threads: int = Field(2, ge=1, le=256, description="processor threads of each process")
    processes: int = Field(1, ge=1, le=64, description="processes here that share every step")
    seed: int = Field(0, ge=0, description="of the new layer, the order and the augmentation")

    @model_validator(mode="after")
    def _fits_together(self) -> "Finetune":
        if list(self.drops) != sorted(self.drops) or not all(0 < at < 1 for at in self.drops):
            raise ValueError(f"drops are {list(self.drops)}; rising shares between 0 and 1 are")
        if self.mode != "full" and self.augment == "crop" and "augment" in self.model_fields_set:
            raise ValueError(
                f"mode {self.mode!r} learns from kept values of plain and mirrored pictures; "
                'set augment to "mirror" or "none"'
            )
        if self.batch < self.processes:
            raise ValueError(
                f"batch is {self.batch} and processes are {self.processes}; each needs a picture "
                f"of a step: set processes to {self.batch} at most"
            )
        return self

    @property
    def views(self) -> Literal["crop", "mirror", "none"]:
        """How pictures are shown: what is kept of frozen layers has no crops."""
        return "mirror" if self.mode != "full" and self.augment == "crop" else self.augment

    def moves_batch_norm(self, rows: int) -> bool:
        """Tell whether running means follow the training pictures."""
        return self.batch_norm == "moving" or (
            self.batch_norm == "auto" and rows >= BATCH_NORM_ROWS
        )
