using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>Remembers every request of one process to storage, repeats included.</summary>
public sealed class RequestLog : HttpPipelinePolicy
{
    private ConcurrentQueue<StorageRequest> requests = new();

    public IReadOnlyList<StorageRequest> All => [.. requests];

    public int Count => requests.Count;

    public void Clear() => requests = new ConcurrentQueue<StorageRequest>();

    public int CountOf(Func<StorageRequest, bool> which) => requests.Count(which);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Record(message);
        ProcessNext(message, pipeline);
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Record(message);
        return ProcessNextAsync(message, pipeline);
    }

    private void Record(HttpMessage message)
    {
        var request = new StorageRequest(message.Request);
        // Read while the content is there.
        if (!request.IsBlob)
            _ = request.Operations;
        requests.Enqueue(request);
    }
}
