// What is done to each row alone: embedding, norm, bias, activation. One block a row.
#include "common.cuh"

// residual[token] = table[ids[token]]. An id below 0 is a token that the step before has drawn:
// the one at place -1 - id of `drawn`. Where that step failed there may be none, and any will do.
extern "C" __global__ void embed(
    const element* table, const int* ids, const int* drawn, float* residual, int hidden,
    int vocabulary) {
    start_next();
    wait_for_last();
    const long long token = blockIdx.x;
    const int id = ids[token] < 0 ? drawn[-1 - ids[token]] : ids[token];
    const element* from = table + (long long)min(max(id, 0), vocabulary - 1) * hidden;
    float* to = residual + token * hidden;
    for (int i = threadIdx.x; i < hidden; i += blockDim.x)
        to[i] = widen(from[i]);
}

// output[r] = residual[row of r] / sqrt(mean square + epsilon) x weight. The row of r is rows[r],
// or r itself where rows is null.
extern "C" __global__ void rms_norm(
    const float* residual, const int* rows, const element* weight, element* output, int hidden,
    float epsilon) {
    start_next();
    const long long row = rows ? rows[blockIdx.x] : (int)blockIdx.x;
    const float* from = residual + row * hidden;
    element* to = output + (long long)blockIdx.x * hidden;
    if (hidden % 4 != 0) {
        wait_for_last();
        float squares = 0;
        for (int i = threadIdx.x; i < hidden; i += blockDim.x)
            squares += from[i] * from[i];
        const float scale = rsqrtf(block_sum(squares) / hidden + epsilon);
        for (int i = threadIdx.x; i < hidden; i += blockDim.x)
            to[i] = narrow(from[i] * scale * widen(weight[i]));
        return;
    }
    // Most rows are as wide as the block: then each weight is here before it is wanted.
    const int at = threadIdx.x * 4;
    four w = at < hidden ? load_four(weight + at) : four{};
    wait_for_last();
    float squares = 0;
    for (int i = at; i < hidden; i += blockDim.x * 4) {
        const float4 x = *(const float4*)(from + i);
        squares += x.x * x.x + x.y * x.y + x.z * x.z + x.w * x.w;
    }
    const float scale = rsqrtf(block_sum(squares) / hidden + epsilon);
    for (int i = at; i < hidden; i += blockDim.x * 4) {
        const float4 x = *(const float4*)(from + i);
        if (i != at)
            w = load_four(weight + i);
        store_four(
            to + i, {x.x * scale * w.x[0], x.y * scale * w.x[1], x.z * scale * w.x[2],
                x.w * scale * w.x[3]});
    }
}

// residual[row] += bias
extern "C" __global__ void add_bias(float* residual, const element* bias, int hidden) {
    start_next();
    wait_for_last();
    float* row = residual + (long long)blockIdx.x * hidden;
    for (int i = threadIdx.x; i < hidden; i += blockDim.x)
        row[i] += widen(bias[i]);
}

// What it is off by is far less than the element's rounding. In 16 bits the exact exponential and
// division would take longer than the memory does.
__device__ __forceinline__ float silu(float x) {
#if ELEMENT == FLOAT32
    return x / (1 + expf(-x));
#else
    return __fdividef(x, 1 + __expf(-x));
#endif
}

// output[row] = silu(gate) x up, where a row of gate_up is first the one, then the other. The bias,
// if there is any, is of the same form.
extern "C" __global__ void silu_multiply(
    const element* gate_up, const element* bias, element* output, int intermediate) {
    start_next();
    wait_for_last();
    const element* gates = gate_up + (long long)blockIdx.x * 2 * intermediate;
    element* to = output + (long long)blockIdx.x * intermediate;
    if (!bias && intermediate % 8 == 0) {
        for (int i = (threadIdx.x + blockIdx.y * blockDim.x) * 8; i < intermediate;
             i += blockDim.x * gridDim.y * 8) {
            const packed_eight gates8 = load_packed(gates + i);
            const packed_eight ups8 = load_packed(gates + intermediate + i);
            const eight gate = unpack(gates8), up = unpack(ups8);
            eight all;
#pragma unroll
            for (int j = 0; j < 8; j++)
                all.x[j] = silu(gate.x[j]) * up.x[j];
            store_eight(to + i, all);
        }
        return;
    }
    for (int i = threadIdx.x + blockIdx.y * blockDim.x; i < intermediate;
         i += blockDim.x * gridDim.y) {
        float gate = widen(gates[i]), up = widen(gates[intermediate + i]);
        if (bias) {
            gate += widen(bias[i]);
            up += widen(bias[intermediate + i]);
        }
        to[i] = narrow(silu(gate) * up);
    }
}
