namespace FuncQueue.Client;

/// <summary>Handles the messages of a queue; one is made for each message, in a scope of its own.</summary>
public interface IFuncQueueHandler
{
    /// <summary>Handles a message. Returned: acked. Thrown: delivered again.</summary>
    /// <param name="context">The message, and what may become of it.</param>
    /// <param name="cancellationToken">That of the context.</param>
    Task HandleAsync(ProcessMessageContext context, CancellationToken cancellationToken);
}
