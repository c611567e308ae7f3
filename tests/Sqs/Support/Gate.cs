using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>Holds storage requests of a kind until they are let go.</summary>
public sealed class Gate(Func<StorageRequest, bool> holds) : HttpPipelinePolicy
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsClosed { get; set; }

    public void Open()
    {
        IsClosed = false;
        opened.TrySetResult();
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (IsClosed && holds(new StorageRequest(message.Request)))
            await opened.Task;
        await ProcessNextAsync(message, pipeline);
    }
}
