"""Tiny pipelines with random weights, saved as the real ones are: they draw nonsense by the very same code."""

import json
from contextlib import contextmanager

import torch

SPECIAL = ["<|endoftext|>", "<|startoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>",
           "<|image_pad|>", "<|video_pad|>"]  # fmt: skip


@contextmanager
def seeded(seed=0):
    """The same random weights every time, and nobody else's chance touched."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def alphabet():
    """The 256 bytes as byte-level tokenizers write them."""
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


def clip_tokenizer():
    from transformers import CLIPTokenizer

    letters = alphabet()
    vocab = {token: row for row, token in enumerate([*SPECIAL, *letters, *(f"{letter}</w>" for letter in letters)])}
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=77)


def qwen_tokenizer():
    from transformers import Qwen2Tokenizer

    vocab = {token: row for row, token in enumerate([*SPECIAL, *alphabet()])}
    made = Qwen2Tokenizer(vocab=vocab, merges=[], additional_special_tokens=SPECIAL[1:])
    made.chat_template = "{% for message in messages %}<|im_start|>{{ message.content }}<|im_end|>{% endfor %}"
    return made


def t5_tokenizer():
    from transformers import T5Tokenizer

    letters = [chr(code) for code in range(33, 127)]
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]
    return T5Tokenizer(vocab=vocab, extra_ids=0)


def clip_text(dim=32):
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=600, hidden_size=dim, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
            projection_dim=dim, bos_token_id=1, eos_token_id=0, pad_token_id=0,
        )
    )  # fmt: skip


def stable_diffusion_inpaint(folder, channels=9):
    """Stable Diffusion; with 9 channels made for inpainting, with 4 not."""
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline, UNet2DConditionModel

    with seeded():
        unet = UNet2DConditionModel(
            block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=channels, out_channels=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), cross_attention_dim=32,
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=8,
        )  # fmt: skip
        vae = AutoencoderKL(
            block_out_channels=[32, 64], in_channels=3, out_channels=3, latent_channels=4,
            down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
        )  # fmt: skip
        pipe = StableDiffusionInpaintPipeline(
            vae=vae, text_encoder=clip_text(), tokenizer=clip_tokenizer(), unet=unet,
            scheduler=DDIMScheduler(steps_offset=1), safety_checker=None, feature_extractor=None,
            requires_safety_checker=False,
        )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def ip_adapter(folder, stable_diffusion):
    """An IP-Adapter for the tiny Stable Diffusion, with its image encoder beside it."""
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    unet = UNet2DConditionModel.from_pretrained(stable_diffusion / "unet")
    crossing = [name.removesuffix(".processor") for name in unet.attn_processors if "attn2" in name]
    with seeded(1):
        tensors = {"image_proj.proj.weight": torch.randn(4 * 32, 32), "image_proj.proj.bias": torch.zeros(4 * 32),
                   "image_proj.norm.weight": torch.ones(32), "image_proj.norm.bias": torch.zeros(32)}  # fmt: skip
        for number, name in enumerate(crossing):
            for part in ("k", "v"):
                shape = unet.get_submodule(f"{name}.to_{part}").weight.shape
                tensors[f"ip_adapter.{2 * number + 1}.to_{part}_ip.weight"] = torch.randn(shape)
        eyes = CLIPVisionModelWithProjection(
            CLIPVisionConfig(
                hidden_size=32, intermediate_size=37, projection_dim=32, num_hidden_layers=2, num_attention_heads=4,
                image_size=32, patch_size=8,
            )
        )  # fmt: skip
    eyes.save_pretrained(folder / "image_encoder")
    save_file(tensors, folder / "adapter.safetensors")
    return folder / "adapter.safetensors"


def flux2_klein(folder):
    """FLUX.2 klein: an inpainting pipeline that takes the product's picture beside the photo."""
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinInpaintPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    with seeded():
        vae = AutoencoderKLFlux2(
            sample_size=32, in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=1,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(4,) * 4, layers_per_block=1, use_quant_conv=False, use_post_quant_conv=False,
        )  # fmt: skip
        transformer = Flux2Transformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=48, timestep_guidance_channels=256,
            axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
        )  # fmt: skip
        text = Qwen3ForCausalLM(
            Qwen3Config(
                hidden_size=16, intermediate_size=16, num_hidden_layers=28, num_attention_heads=2,
                num_key_value_heads=2, head_dim=8, vocab_size=300, bos_token_id=0, eos_token_id=0,
                max_position_embeddings=1024,
            )
        )  # fmt: skip
        pipe = Flux2KleinInpaintPipeline(
            vae=vae, transformer=transformer, text_encoder=text, tokenizer=qwen_tokenizer(),
            scheduler=FlowMatchEulerDiscreteScheduler(), is_distilled=True,
        )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def qwen_edit_plus(folder):
    """Qwen-Image-Edit-Plus: draws the whole picture anew from several pictures and words."""
    from diffusers import (
        AutoencoderKLQwenImage,
        FlowMatchEulerDiscreteScheduler,
        QwenImageEditPlusPipeline,
        QwenImageTransformer2DModel,
    )
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    with seeded():
        vae = AutoencoderKLQwenImage(
            base_dim=24, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True],
            latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
        )  # fmt: skip
        transformer = QwenImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, guidance_embeds=False, axes_dims_rope=(8, 4, 4),
        )  # fmt: skip
        tokens = qwen_tokenizer()
        config = Qwen2_5_VLConfig(
            text_config={
                "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
                "num_key_value_heads": 2, "rope_parameters": {"mrope_section": [1, 1, 2], "rope_type": "default",
                "type": "default", "rope_theta": 1e6}, "vocab_size": 300,
            },
            vision_config={
                "depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            },
            image_token_id=tokens.convert_tokens_to_ids("<|image_pad|>"),
            video_token_id=tokens.convert_tokens_to_ids("<|video_pad|>"),
            vision_start_token_id=tokens.convert_tokens_to_ids("<|vision_start|>"),
            vision_end_token_id=tokens.convert_tokens_to_ids("<|vision_end|>"),
        )  # fmt: skip
        pipe = QwenImageEditPlusPipeline(
            vae=vae, transformer=transformer, text_encoder=Qwen2_5_VLForConditionalGeneration(config),
            tokenizer=tokens, processor=None, scheduler=FlowMatchEulerDiscreteScheduler(),
        )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    # the processor as it is published, which transformers can only make and save where torchvision is installed
    tokens.save_pretrained(folder / "processor")
    Qwen2VLImageProcessorPil().save_pretrained(folder / "processor")
    settings, index = folder / "processor" / "preprocessor_config.json", folder / "model_index.json"
    settings.write_text(settings.read_text().replace("ImageProcessorPil", "ImageProcessor"))
    told = json.loads(index.read_text()) | {"processor": ["transformers", "Qwen2VLProcessor"]}
    index.write_text(json.dumps(told))
    return folder


def flux_kontext(folder):
    """FLUX.1 Kontext, as its folder is published: without a mask, opened as the pipeline that has one."""
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxTransformer2DModel
    from transformers import T5Config, T5EncoderModel

    with seeded():
        vae = AutoencoderKL(
            sample_size=32, in_channels=3, out_channels=3, block_out_channels=(4,) * 4, layers_per_block=1,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
            latent_channels=1, norm_num_groups=1, use_quant_conv=False, use_post_quant_conv=False,
            shift_factor=0.06, scaling_factor=1.5,
        )  # fmt: skip
        transformer = FluxTransformer2DModel(
            patch_size=1, in_channels=4, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=[4, 4, 8],
        )  # fmt: skip
        t5 = T5EncoderModel(T5Config(d_model=32, d_ff=37, d_kv=8, num_heads=4, num_layers=2, vocab_size=110))
        pipe = FluxKontextPipeline(
            vae=vae, transformer=transformer, text_encoder=clip_text(), tokenizer=clip_tokenizer(), text_encoder_2=t5,
            tokenizer_2=t5_tokenizer(), scheduler=FlowMatchEulerDiscreteScheduler(),
        )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder
