using FuncQueue.Cli.CommandLine;

return await Cli.RunAsync(args);
