"""Trains a reward model and a policy for 20 steps with TRL on a Parquet file of preferences; no network."""

import sys
from pathlib import Path

from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer  # pyright: ignore[reportPrivateImportUsage]

data, work = sys.argv[1], Path(sys.argv[2])
characters = [chr(code) for code in range(32, 127)] + ["\n"]
names = ["<pad>", "<end>", "<unknown>", *characters]
inner = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, unk_token="<unknown>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")  # pyright: ignore[reportAttributeAccessIssue]
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unknown>", padding_side="left"
)
tokenizer.chat_template = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
tokenizer.save_pretrained(work / "model")
rows = load_dataset("parquet", data_files=data, cache_dir=str(work / "cache"))["train"]
config = GPT2Config(
    vocab_size=len(names),
    n_positions=1024,
    n_embd=16,
    n_layer=1,
    n_head=2,
    pad_token_id=0,
    eos_token_id=1,
    bos_token_id=1,
    num_labels=1,  # pyright: ignore[reportCallIssue]
)
common = {
    "output_dir": str(work / "out"),
    "max_steps": 20,
    "per_device_train_batch_size": 2,
    "report_to": [],
    "use_cpu": True,
    "bf16": False,
}
reward = RewardTrainer(
    model=GPT2ForSequenceClassification(config),
    args=RewardConfig(**common),
    train_dataset=rows,
    processing_class=tokenizer,
)
reward.train()
print("reward", reward.state.global_step)
policy, reference = GPT2LMHeadModel(config), GPT2LMHeadModel(config)
for model in (policy, reference):
    model.save_pretrained(work / "model")
dpo = DPOTrainer(
    model=GPT2LMHeadModel.from_pretrained(work / "model"),
    ref_model=GPT2LMHeadModel.from_pretrained(work / "model"),
    args=DPOConfig(**common),
    train_dataset=rows,
    processing_class=tokenizer,
)
dpo.train()
print("dpo", dpo.state.global_step)
