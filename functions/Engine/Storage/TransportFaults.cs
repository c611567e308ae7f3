using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// Makes what .NET's HTTP connections throw when time is up, or somebody cancels, just while an answer is read, what it is: a connection
/// that broke. They are disposed of under the reader, who finds nothing or something closed (dotnet/runtime issues 31254, 56159).
/// </summary>
internal sealed class TransportFaults : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception exception) when (IsBreak(exception))
        {
            throw Broken(exception);
        }
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception exception) when (IsBreak(exception))
        {
            throw Broken(exception);
        }
    }

    private static bool IsBreak(Exception exception) => exception is NullReferenceException or ObjectDisposedException;

    private static IOException Broken(Exception exception) => new("The connection to storage was closed while it was in use.", exception);
}
