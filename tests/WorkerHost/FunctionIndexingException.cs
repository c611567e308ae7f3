namespace FuncQueue.WorkerHost;

/// <summary>Functions that the host would not take.</summary>
public sealed class FunctionIndexingException(string message) : Exception(message);
