namespace FuncQueue.Client;

/// <summary>Something that went wrong in a processor.</summary>
/// <param name="QueueName">The queue.</param>
/// <param name="Source">What it did.</param>
/// <param name="Exception">How it failed.</param>
/// <param name="Message">The message that it concerns; null: none.</param>
public sealed record ProcessErrorContext(string QueueName, FuncQueueErrorSource Source, Exception Exception, ReceivedMessage? Message);
