namespace SkPaged.Engine.Cuda.Native;

/// <summary>A library of CUDA that the engine calls itself.</summary>
internal enum CudaLibrary
{
    /// <summary>The driver's own interface; installed with the driver.</summary>
    Driver,

    /// <summary>The compiler of kernels, of CUDA's toolkit or beside libtorch.</summary>
    Nvrtc,

    /// <summary>Matrix products, of CUDA's toolkit or beside libtorch.</summary>
    CublasLt,
}
