// Matrix products of a few rows on tensor cores. A warp takes 16 outputs, 8 rows at most and a part
// of the inputs; the warps of a block share out the inputs and add up what they have found. Weights
// go from memory to the registers of the products with nothing in between:
//
//   output' [16 outputs x 8 rows] += weights [16 x inputs] input' [inputs x 8 rows]
//
// Sums do not depend on the order of their terms: a lane reads eight neighbouring inputs, 16 bytes,
// and the products take them in the order that this gives.
#include "common.cuh"

#if ELEMENT != FLOAT32

#define FEW_UNROLL 4 // pieces of 32 inputs of a warp that are on their way at once
#define FEW_OUTPUTS 16
#define FEW_ROWS 8
#define PIECE 32 // inputs, four lanes each

// NARROW: as they are; ADDED: to what is there, in float32; GATED: of silu(gates) x others.
enum few_output { NARROW, ADDED, GATED };

// Rows of the residual stream, divided by their root mean square: [rows, inputs] in shared memory.
__device__ __forceinline__ void norm_few(
    const float* residual, const element* weight, element* shared, int rows, int inputs,
    float epsilon) {
    for (int row = 0; row < rows; row++) {
        const float* from = residual + (long long)row * inputs;
        float squares = 0;
        for (int i = threadIdx.x * 4; i < inputs; i += blockDim.x * 4) {
            const float4 x = *(const float4*)(from + i);
            squares += x.x * x.x + x.y * x.y + x.z * x.z + x.w * x.w;
        }
        const float scale = rsqrtf(block_sum(squares) / inputs + epsilon);
        for (int i = threadIdx.x * 4; i < inputs; i += blockDim.x * 4) {
            const float4 x = *(const float4*)(from + i);
            const four w = load_four(weight + i);
            store_four(
                shared + row * inputs + i,
                {x.x * scale * w.x[0], x.y * scale * w.x[1], x.z * scale * w.x[2],
                    x.w * scale * w.x[3]});
        }
    }
    __syncthreads();
}

// input: [rows, inputs]; IsNormed: the residual stream, which is divided by its root mean square
// and multiplied with `norm` first. weights: [outputs, inputs]; GATED: [2 x outputs, inputs], the
// gates' first. inputs: a multiple of 32; outputs: of 16; GATED: of 8. Grid: 16 outputs each;
// GATED: 8.
// Shared memory: the input, where it is normed.
template <few_output Output, bool IsNormed, int Warps>
__device__ __forceinline__ void multiply_few(
    const void* input, const element* norm, const element* weights, void* output, int rows,
    int inputs, int outputs, float epsilon) {
    extern __shared__ uint4 shared[];
    __shared__ float sums[Warps][FEW_OUTPUTS][FEW_ROWS + 1];
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    const int g = lane / 4, t = lane % 4;
    constexpr int Each = Output == GATED ? FEW_OUTPUTS / 2 : FEW_OUTPUTS;
    const int first_output = blockIdx.x * Each;
    const element* row0 = weights + (long long)(first_output + g) * inputs + t * 8;
    const element* row1 =
        row0 + (long long)(Output == GATED ? outputs : FEW_OUTPUTS / 2) * inputs;

    uint4 w[FEW_UNROLL][2];
    const auto load = [&](int first) {
#pragma unroll
        for (int u = 0; u < FEW_UNROLL; u++) {
            const int at = first + u * PIECE;
            w[u][0] = at < inputs ? load_once(row0 + at) : make_uint4(0, 0, 0, 0);
            w[u][1] = at < inputs ? load_once(row1 + at) : make_uint4(0, 0, 0, 0);
        }
    };
    const int stride = Warps * FEW_UNROLL * PIECE;
    int first = warp * FEW_UNROLL * PIECE;
    // Weights depend on nothing: they are on their way before the kernel in front has ended.
    if (first < inputs)
        load(first);
    start_next();
    wait_for_last();
    if (IsNormed)
        norm_few((const float*)input, norm, (element*)shared, rows, inputs, epsilon);
    const element* from = (IsNormed ? (const element*)shared : (const element*)input)
        + (long long)g * inputs + t * 8;

    float acc[4] = {0, 0, 0, 0};
    for (; first < inputs; first += stride) {
        uint4 x[FEW_UNROLL];
#pragma unroll
        for (int u = 0; u < FEW_UNROLL; u++) {
            const int at = first + u * PIECE;
            x[u] = g < rows && at < inputs
                ? *(const uint4*)(from + at) : make_uint4(0, 0, 0, 0);
        }
#pragma unroll
        for (int u = 0; u < FEW_UNROLL; u++) {
            const unsigned low[4] = {w[u][0].x, w[u][1].x, w[u][0].y, w[u][1].y};
            const unsigned high[4] = {w[u][0].z, w[u][1].z, w[u][0].w, w[u][1].w};
            multiply_add(acc, low, x[u].x, x[u].y);
            multiply_add(acc, high, x[u].z, x[u].w);
        }
        if (first + stride < inputs)
            load(first + stride);
    }
#pragma unroll
    for (int i = 0; i < 4; i++)
        sums[warp][g + i / 2 * 8][2 * t + i % 2] = acc[i];
    __syncthreads();

    for (int i = threadIdx.x; i < Each * FEW_ROWS; i += Warps * WARP) {
        const int at = i % Each, row = i / Each;
        if (row >= rows)
            break;
        float sum = 0, other = 0;
#pragma unroll
        for (int v = 0; v < Warps; v++) {
            sum += sums[v][at][row];
            if (Output == GATED)
                other += sums[v][at + Each][row];
        }
        const long long place = (long long)row * outputs + first_output + at;
        if (Output == NARROW)
            ((element*)output)[place] = narrow(sum);
        else if (Output == ADDED)
            ((float*)output)[place] += sum;
        else
            ((element*)output)[place] = narrow(sum / (1 + expf(-sum)) * other);
    }
}

#define FEW_KERNEL(name, output, is_normed, warps) \
    extern "C" __global__ void __launch_bounds__(warps * WARP) name( \
        const void* input, const element* norm, const element* weights, void* target, int rows, \
        int inputs, int outputs, float epsilon) { \
        multiply_few<output, is_normed, warps>( \
            input, norm, weights, target, rows, inputs, outputs, epsilon); \
    }

FEW_KERNEL(few_narrow, NARROW, false, 8)
FEW_KERNEL(few_added, ADDED, false, 16)
FEW_KERNEL(few_gated, GATED, false, 8)
FEW_KERNEL(few_narrow_normed, NARROW, true, 8)
FEW_KERNEL(few_gated_normed, GATED, true, 8)
#endif
