using Rebus.Timeouts;

namespace FuncQueue.Rebus;

/// <summary>Queues hold deferred messages back themselves.</summary>
internal sealed class NoTimeouts : ITimeoutManager
{
    public Task Defer(DateTimeOffset approximateDueTime, Dictionary<string, string> headers, byte[] body) =>
        throw new NotSupportedException("FuncQueue holds deferred messages back itself.");

    public Task<DueMessagesResult> GetDueMessages() => Task.FromResult(DueMessagesResult.Empty);
}
