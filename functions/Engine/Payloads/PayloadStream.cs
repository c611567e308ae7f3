using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Payloads;

/// <summary>A payload being read. Storage that fails on the way is an <see cref="IOException"/> to whoever reads.</summary>
internal sealed class PayloadStream(Stream inner) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
        catch (AggregateException exception) when (cancellationToken.IsCancellationRequested)
        {
            // How the SDK tells of a cancellation that came between its attempts.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
