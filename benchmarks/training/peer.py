# PyTorch's side of training.mjs: the same shapes, batch, adapters and optimizer, one thread.
import json, resource, sys, time, torch
from torch.nn.functional import cross_entropy, embedding, linear, silu

torch.set_num_threads(1)
torch.manual_seed(0)
work = json.loads(sys.argv[1])
width, layers, heads, shared = work["width"], work["layers"], work["heads"], work["shared"]
inner, vocabulary, rank = work["inner"], work["vocabulary"], work["rank"]
tokens, batch = work["tokens"], work["batch"]
head_width = width // heads
STEPS = 2

shapes = {
    "q": (width, width), "k": (head_width * shared, width), "v": (head_width * shared, width),
    "o": (width, width), "gate": (inner, width), "up": (inner, width), "down": (width, inner),
}
weights = [{name: torch.randn(*shape) * 0.02 for name, shape in shapes.items()} for _ in range(layers)]
adapters = [
    {
        name: (torch.randn(rank, i).div(i**0.5).requires_grad_(), torch.zeros(o, rank).requires_grad_())
        for name, (o, i) in shapes.items()
    }
    for _ in range(layers)
]
tokens_in, tokens_out = torch.randn(vocabulary, width) * 0.02, torch.randn(vocabulary, width) * 0.02
ones = torch.ones(width)
trained = [matrix for layer in adapters for pair in layer.values() for matrix in pair]

frequencies = 10000 ** (-torch.arange(0, head_width, 2).float() / head_width)
angles = torch.outer(torch.arange(tokens).float(), frequencies).repeat(1, 2)
cos, sin = angles.cos(), angles.sin()
mask = torch.full((tokens, tokens), float("-inf")).triu(1)


def adapted(x, layer, name):
    a, b = adapters[layer][name]
    return linear(x, weights[layer][name]) + 2.0 * linear(linear(x, a), b)


def norm(x):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * ones


def rotate(x):
    half = head_width // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def forward(ids):
    split = lambda x, count: x.view(batch, tokens, count, head_width).transpose(1, 2)
    x = embedding(ids, tokens_in)
    for layer in range(layers):
        h = norm(x)
        q = rotate(split(adapted(h, layer, "q"), heads))
        k = rotate(split(adapted(h, layer, "k"), shared)).repeat_interleave(heads // shared, 1)
        v = split(adapted(h, layer, "v"), shared).repeat_interleave(heads // shared, 1)
        scores = (q @ k.transpose(2, 3)) * head_width**-0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width)
        x = x + adapted(mixed, layer, "o")
        h = norm(x)
        x = x + adapted(silu(adapted(h, layer, "gate")) * adapted(h, layer, "up"), layer, "down")
    return linear(norm(x), tokens_out)


optimizer = torch.optim.AdamW(trained, lr=1.41e-5, weight_decay=0.0)
ids = torch.randint(0, vocabulary, (batch, tokens + 1))
times = []
for _ in range(STEPS + 1):
    start = time.process_time()
    optimizer.zero_grad()
    logits = forward(ids[:, :-1])
    cross_entropy(logits.reshape(-1, vocabulary), ids[:, 1:].reshape(-1)).backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    times.append(time.process_time() - start)
times = sorted(times[1:])  # the first step warms up
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"speed": batch * tokens / times[len(times) // 2], "memory": memory}))
