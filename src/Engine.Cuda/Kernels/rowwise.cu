// What is done to each row alone: embedding, norm, bias, activation. One block a row.
#include "common.cuh"

// residual[token] = table[ids[token]]. An id below 0 is a token that the step before has drawn:
// the one at place -1 - id of `drawn`. Where that step failed there may be none, and any will do.
extern "C" __global__ void embed(
    const element* table, const int* ids, const int* drawn, float* residual, int hidden,
    int vocabulary) {
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
    const long long row = rows ? rows[blockIdx.x] : (int)blockIdx.x;
    const float* from = residual + row * hidden;
    element* to = output + (long long)blockIdx.x * hidden;
    float squares = 0;
    for (int i = threadIdx.x; i < hidden; i += blockDim.x)
        squares += from[i] * from[i];
    const float scale = rsqrtf(block_sum(squares) / hidden + epsilon);
    for (int i = threadIdx.x; i < hidden; i += blockDim.x)
        to[i] = narrow(from[i] * scale * widen(weight[i]));
}

// residual[row] += bias
extern "C" __global__ void add_bias(float* residual, const element* bias, int hidden) {
    float* row = residual + (long long)blockIdx.x * hidden;
    for (int i = threadIdx.x; i < hidden; i += blockDim.x)
        row[i] += widen(bias[i]);
}

// output[row] = silu(gate) x up, where a row of gate_up is first the one, then the other. The bias,
// if there is any, is of the same form.
extern "C" __global__ void silu_multiply(
    const element* gate_up, const element* bias, element* output, int intermediate) {
    const element* gates = gate_up + (long long)blockIdx.x * 2 * intermediate;
    element* to = output + (long long)blockIdx.x * intermediate;
    for (int i = threadIdx.x + blockIdx.y * blockDim.x; i < intermediate;
         i += blockDim.x * gridDim.y) {
        float gate = widen(gates[i]), up = widen(gates[intermediate + i]);
        if (bias) {
            gate += widen(bias[i]);
            up += widen(bias[intermediate + i]);
        }
        to[i] = narrow(gate / (1 + expf(-gate)) * up);
    }
}
