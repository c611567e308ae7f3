namespace FuncQueue.Client;

/// <summary>Handles the records of a topic; one is made for each call, in a scope of its own.</summary>
public interface IFuncQueueRecordsHandler
{
    /// <summary>Handles records of one partition. Returned: committed. Thrown: handled again.</summary>
    /// <param name="context">The records.</param>
    /// <param name="cancellationToken">That of the context.</param>
    Task HandleAsync(ProcessRecordsContext context, CancellationToken cancellationToken);
}
