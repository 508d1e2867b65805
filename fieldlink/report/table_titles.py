"""Names, titles and questions of the study's tables."""

QUESTIONS = {
    "4.1": (
        "Zero-shot classification, prompt “A 3d model of …”",
        "Can nerf2clip name a NeRF's class from its weights alone, and how many views, rendered or ground truth, must "
        "its training target average?",
    ),
    "4.2": (
        "Zero-shot classification, prompt “A photo of …”",
        "The same mappers asked with the other prompt: does the wording matter?",
    ),
    "4.3": (
        "Zero-shot classification by CLIP on rendered views",
        "What does it take to beat the mappers without any: rendering N views of the NeRF and averaging their CLIP "
        "vectors?",
    ),
    "4.4a": (
        "Retrieval with a synthetic view",
        "Given one ground-truth view of another object, is a NeRF of its class among the first k found?",
    ),
    "4.4b": (
        "Retrieval with a synthetic view, CLIP alone",
        "The same queries against CLIP vectors of pictures, no mapper: their mean per object, or every view as an item "
        "of its own?",
    ),
    "4.5a": (
        "Retrieval with a photo",
        "Given a photo, which no mapper was trained on, is a NeRF of its class among the first k found?",
    ),
    "4.5b": (
        "Retrieval with a photo, CLIP alone",
        "The same photos against CLIP vectors of pictures, no mapper.",
    ),
    "4.6": (
        "Classification heads on both spaces and their ensemble",
        "Which vectors say more of a NeRF's class to a trained classifier, its own or their images in CLIP's space? "
        "Does the sum of both heads' logits say more than either?",
    ),
    "4.7": (
        "Retrieval in both spaces at once",
        "Does it help to search NeRF and CLIP vectors end to end: as they are, each of length 1, or weighted as chosen "
        "on validation objects?",
    ),
    "fig4.1": (
        "How well each space keeps the classes apart",
        "Are classes better clustered after nerf2clip? Silhouettes lie between −100 and 100, purity is the share of an "
        "object's nearest neighbours that have its class, CKA says how alike the two spaces are.",
    ),
    "4.9a": (
        "Retrieval with a synthetic view, mappers trained on augmented copies too",
        "Do two more copies of every training object, in other proportions and colours, help? Rows “original”: the "
        "same trainings without the copies, on as many pairs.",
    ),
    "4.9b": (
        "Retrieval with a photo, mappers trained on augmented copies too",
        "The same mappers asked with photos.",
    ),
    "4.10a": (
        "Retrieval with a synthetic view, by size of the batch",
        "Does SigLIP gain from more negatives? A batch holds at most one pair an object, so few objects cap it; each "
        "row says the batch really used.",
    ),
    "4.10b": (
        "Retrieval with a photo, by size of the batch",
        "The same mappers asked with photos.",
    ),
    "4.11a": (
        "Zero-shot classification after fine-tuning nf2vec",
        "nf2vec's encoder and nerf2clip trained end to end: does it name more NeRFs than a mapper on the encoder as it "
        "was? The first row's number of views is chosen on validation objects.",
    ),
    "4.11b": (
        "Retrieval with a synthetic view after fine-tuning nf2vec",
        "Galleries of fine-tuned CLIP vectors of NeRFs. The study sets clip2nerf beside them, which searches the other "
        "way round; like for like are the rows nerf2clip.",
    ),
    "4.11c": (
        "Retrieval with a photo after fine-tuning nf2vec",
        "The same galleries asked with photos.",
    ),
    "4.12a": (
        "Retrieval with a synthetic view by clip2nerf in fine-tuned spaces",
        "Is a fine-tuned encoder's space of NeRF vectors a better target than the original's? clip2nerf is trained "
        "afresh towards each.",
    ),
    "4.12b": (
        "Retrieval with a photo by clip2nerf in fine-tuned spaces",
        "The same mappers asked with photos.",
    ),
    "4.8": (
        "Retrieval with a photo, mappers trained on photo-like pictures too",
        "Half of the training pictures are views translated into photo-like ones: do photos then find more, and more "
        "than with as few ground-truth views alone?",
    ),
    "4.1 ensemble": (
        "Zero-shot classification, prompts averaged",
        "The same mappers, each class asked with the mean of its prompts' unit vectors: do two wordings beat one?",
    ),
    "4.4 more": (
        "Retrieval with a synthetic view, other measures",
        "Does the order of methods stay when the whole list counts (mAP), when all classes count alike (macro), or "
        "when the query's very object must be found (instance)? For CLIP alone the gallery holds the query's own view.",
    ),
    "captions": (
        "Retrieval with a caption",
        "Do mappers trained on pictures alone understand words? Each test object's caption, as it is and shifted by "
        "the mean picture vector less the mean text vector (the modality gap). Rows “trained on captions”: the same "
        "mappers, having learnt from the training objects' captions instead.",
    ),
    "prompts": (
        "Retrieval with a class prompt",
        "The same with “A 3d model of …” and “A photo of …” of every class: does the prompt find a NeRF of it?",
    ),
    "generation": (
        "Generation from a view, a caption or a photo",
        "Does the NeRF decoded from clip2nerf's output show the class asked for, how near is it, for CLIP, to what was "
        "asked, and do NeRFs of one class differ as much as real ones (1 − CLIP cosine)? For comparison: the object's "
        "own NeRF, its reconstruction by the decoder, and the photo.",
    ),
    "baselines neighbours": (
        "Nearest neighbours in other spaces of NeRFs",
        "Is nf2vec worth its training? Class hits among the test NeRFs in its space, in the principal components of "
        "the raw weights (pca) and in modulations of one shared field (functa).",
    ),
    "baselines synthetic": (
        "Retrieval with a synthetic view in other spaces of NeRFs",
        "Which vector of a NeRF is easiest to reach from CLIP? The same short training of clip2nerf and nerf2clip for "
        "each space.",
    ),
    "baselines real": (
        "Retrieval with a photo in other spaces of NeRFs",
        "The same mappers asked with photos.",
    ),
    "baselines depth": (
        "Zero-shot classification from depth maps",
        "Can shape alone name an object, as in PointCLIP, and does that add to what nerf2clip says?",
    ),
    "4.5 more": (
        "Retrieval with a photo, other measures",
        "Does the order of methods stay when the whole list counts (mAP), or when all classes count alike (macro)?",
    ),
}


def question(table: str) -> tuple[str, str]:
    """Title and question of a table; of a template of the user's own, by its name; an unknown one has neither."""
    template = table.removeprefix("4.1 ")
    own = f"Zero-shot classification, template “{template}”", "The same mappers asked with a prompt of your own."
    return QUESTIONS.get(table, ("", "") if template == table else own)


def name(table: str) -> str:
    """What a table is called; one that isn't known yet goes by its own word."""
    if not any(question(table)):
        return table
    return table.replace("fig", "Figure ") if table.startswith("fig") else f"Table {table}"
