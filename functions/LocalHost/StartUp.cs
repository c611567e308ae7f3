namespace FuncQueue.LocalHost;

internal static class StartUp
{
    /// <summary>Runs a step of the start; what the user must put right is one line on stderr and exit code 1.</summary>
    public static T OrExit<T>(Func<Task<T>> step)
    {
        try
        {
            return step().GetAwaiter().GetResult();
        }
        catch (StartUpException exception)
        {
            Console.Error.WriteLine(exception.Message);
            Environment.Exit(1);
            throw;
        }
    }
}
