console.log("The web chat is about to be built.");
